import assert from "node:assert/strict";
import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { createSocket } from "node:dgram";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer, get, type IncomingMessage, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { createInterface } from "node:readline";
import test, { after } from "node:test";
import { fileURLToPath } from "node:url";

const MAIN = fileURLToPath(new URL("./main.js", import.meta.url));
/** Away from any tuber.yaml, and without the caller's variables. */
const folder = mkdtempSync(path.join(tmpdir(), "tuber-cli-"));
const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith("TUBER_")));
after(() => rmSync(folder, { recursive: true, force: true }));

function tuber(args: readonly string[], variables: Record<string, string> = {}) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [MAIN, ...args], {
    cwd: folder,
    env: { ...env, ...variables },
    encoding: "utf8",
  });
  return { status, stdout, stderr };
}

async function freeUdpPort(): Promise<number> {
  const socket = createSocket("udp4").bind(0, "127.0.0.1");
  await once(socket, "listening");
  const { port } = socket.address();
  socket.close();
  await once(socket, "close");
  return port;
}

async function listening(server: Server): Promise<number> {
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return (server.address() as AddressInfo).port;
}

async function proxyArgs(upstreamPort: number, listen = "127.0.0.1:0"): Promise<string[]> {
  const port = String(await freeUdpPort());
  const local = [
    "--listen",
    listen,
    "--admin",
    "127.0.0.1:0",
    "--stun",
    "none",
    "--data-dir",
    path.join(folder, "data"),
  ];
  return ["--upstream", `http://127.0.0.1:${upstreamPort}`, "--udp-port", port, ...local];
}

/** A running proxy and the fields of its ready line. */
async function start(args: readonly string[]): Promise<{ child: ChildProcess; url: string; admin: string }> {
  const child = spawn(process.execPath, [MAIN, ...args], { cwd: folder, env, stdio: ["ignore", "pipe", "inherit"] });
  for await (const line of createInterface({ input: child.stdout })) {
    const { msg, url, admin } = JSON.parse(line);
    if (msg !== "ready") continue;
    child.stdout.resume();
    return { child, url, admin };
  }
  throw new Error("tuber ended before it was ready");
}

async function fetched(url: string): Promise<IncomingMessage> {
  const [res] = await once(get(url, { agent: false }), "response");
  return res;
}

test("help and version go to standard output and exit 0", () => {
  assert.match(tuber(["--help"]).stdout, /--upstream URL/);
  assert.equal(tuber(["demo", "--help"]).status, 0);
  assert.match(tuber(["--version"]).stdout, /^\d+\.\d+\.\d+\n$/);
});

test("what cannot be meant is refused in one sentence on standard error with exit 2", () => {
  const cases: [string[], Record<string, string>, RegExp][] = [
    [[], {}, /No site to serve/],
    [["--upstrem", "x"], {}, /did you mean --upstream/],
    [["--udp-port", "x"], {}, /is not a port/],
    [["dance"], {}, /There is no/],
    [["config"], { TUBER_COLOUR: "red" }, /TUBER_COLOUR/],
    [["--config", "missing.yaml"], {}, /Cannot read missing.yaml/],
  ];
  for (const [args, variables, words] of cases) {
    const { status, stdout, stderr } = tuber(args, variables);
    assert.equal(status, 2, stderr);
    assert.equal(stdout, "");
    assert.match(stderr, words);
    assert.match(stderr, /^tuber: [^\n]+\n$/);
  }
});

test("a tuber.yaml in the folder is read without being named, and config shows what came of it", () => {
  writeFileSync(path.join(folder, "tuber.yaml"), "udp-port: 4000\nmax-links: 7\n");
  const { stdout } = tuber(["config", "--max-links", "8"], { TUBER_DRAIN_TIME: "1s" });
  rmSync(path.join(folder, "tuber.yaml"));
  assert.match(stdout, /^udp-port: 4000 {2}# file$/m);
  assert.match(stdout, /^max-links: 8 {2}# flag$/m);
  assert.match(stdout, /^drain-time: 1000ms {2}# variable$/m);
  assert.match(stdout, /^rtc: auto {2}# default$/m);
});

test("what config prints is a configuration file", () => {
  const { stdout } = tuber(["config", "--upstream", "http://a"]);
  const file = path.join(folder, "printed.yaml");
  writeFileSync(file, stdout.replace(/^.*: ~ .*\n/gm, ""));
  const again = tuber(["config", "--config", file]).stdout;
  assert.equal(
    again.replace(/# file/g, "# x"),
    stdout.replace(/# (flag|default)/g, "# x").replace(/(~ {2})# x/g, "$1# default"),
  );
});

test("a port in use is a failure, exit 1, that names port and flag", async () => {
  const server = createServer();
  const port = await listening(server);
  const { status, stderr } = tuber(await proxyArgs(9, `127.0.0.1:${port}`));
  server.close();
  assert.equal(stderr, `tuber: Port ${port} is in use; stop what uses it, or choose another with --listen.\n`);
  assert.equal(status, 1);
});

test("a running tuber serves the site, is healthy, and ends with 0 at SIGTERM within 5 s although a download runs", async () => {
  const app = createServer((_req, res) => {
    res.writeHead(200, { "content-length": 1_000_000 });
    res.write("first bytes, and never the rest");
  });
  const { child, url, admin } = await start(await proxyArgs(await listening(app)));
  const res = await fetched(url);
  assert.equal(res.statusCode, 200);
  assert.equal(tuber(["health", "--admin", new URL(admin).host]).status, 0);
  const beginMs = performance.now();
  child.kill("SIGTERM");
  res.on("error", () => undefined).resume();
  const [code] = await once(child, "exit");
  app.close();
  app.closeAllConnections();
  assert.equal(code, 0);
  assert.ok(performance.now() - beginMs < 5_000);
  assert.equal(tuber(["health", "--admin", new URL(admin).host]).status, 1);
});

test("a second signal ends it at once", async () => {
  const app = createServer((_req, res) => void res.writeHead(200).write("a stream without end"));
  const { child, url } = await start([...(await proxyArgs(await listening(app))), "--drain-time", "10m"]);
  const res = await fetched(url);
  res.on("error", () => undefined).resume();
  child.kill("SIGINT");
  // The drain has begun when the admin side is told; its own line in the log says so.
  for await (const line of createInterface({ input: child.stdout ?? process.stdin })) {
    if (JSON.parse(line).msg === "stopping") break;
  }
  child.kill("SIGINT");
  const [code] = await once(child, "exit");
  app.close();
  app.closeAllConnections();
  assert.equal(code, 0);
});
