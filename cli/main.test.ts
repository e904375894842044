import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer, get, type IncomingMessage, type RequestListener } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import test, { after, type TestContext } from "node:test";
import { fileURLToPath } from "node:url";
import type { Status } from "../proxy/admin/status.ts";
import { Child } from "../testing/child.ts";
import { freeUdpPort } from "../testing/free-port.ts";

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

/** An app that lives as long as the test; its port. */
async function app(t: TestContext, answer: RequestListener): Promise<number> {
  const server = createServer(answer).listen(0, "127.0.0.1");
  t.after(() => {
    server.close();
    server.closeAllConnections();
  });
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

/** A running tuber and the fields of its ready line. */
async function start(t: TestContext, args: readonly string[]) {
  const child = launch(t, args);
  const { url, admin } = await child.line((line) => fieldsOf(line, "ready"));
  return { child, url: String(url), adminHost: new URL(String(admin)).host };
}

function launch(t: TestContext, args: readonly string[]): Child {
  const empty = path.join(folder, "empty.yaml");
  writeFileSync(empty, "");
  const child = new Child({ command: process.execPath, args: [MAIN, ...args, "--config", empty], env });
  t.after(() => child.process.kill("SIGKILL"));
  return child;
}

/** The fields of a line of the log with this phrase; undefined for any other line. */
function fieldsOf(line: string, phrase: string): Record<string, unknown> | undefined {
  if (!line.startsWith("{")) return undefined;
  const fields: Record<string, unknown> = JSON.parse(line);
  return fields.msg === phrase ? fields : undefined;
}

/** The head of an answer; its body may break off, which is no fault here. */
async function fetched(url: string): Promise<IncomingMessage> {
  const [res] = await once(get(url, { agent: false }), "response");
  return res.on("error", () => undefined).resume();
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
  const { stdout } = tuber(["config", "--upstream", "http://a", "--uplink", "1.5Mbit"]);
  const file = path.join(folder, "printed.yaml");
  writeFileSync(file, stdout.replace(/^.*: ~ .*\n/gm, ""));
  const again = tuber(["config", "--config", file]).stdout;
  assert.equal(
    again.replace(/# file/g, "# x"),
    stdout.replace(/# (flag|default)/g, "# x").replace(/(~ {2})# x/g, "$1# default"),
  );
});

test("a port in use is a failure, exit 1, that names port and flag", async (t) => {
  const port = await app(t, (_req, res) => void res.end());
  const { status, stderr } = tuber(await proxyArgs(9, `127.0.0.1:${port}`));
  assert.equal(stderr, `tuber: Port ${port} is in use; stop what uses it, or choose another with --listen.\n`);
  assert.equal(status, 1);
});

test("a running tuber serves the site, is healthy, and ends with 0 at SIGTERM within 5 s although a download runs", {
  timeout: 30_000,
}, async (t) => {
  const port = await app(t, (_req, res) => {
    res.writeHead(200, { "content-length": 1_000_000 });
    res.write("first bytes, and never the rest");
  });
  const { child, url, adminHost } = await start(t, await proxyArgs(port));
  const res = await fetched(url);
  assert.equal(res.statusCode, 200);
  assert.equal(tuber(["health", "--admin", adminHost]).status, 0);
  const beginMs = performance.now();
  child.process.kill("SIGTERM");
  await child.gone;
  assert.equal(child.process.exitCode, 0);
  assert.ok(performance.now() - beginMs < 5_000);
  assert.equal(tuber(["health", "--admin", adminHost]).status, 1);
});

test("/status tells who sends first, unless visitors pass nothing on", { timeout: 30_000 }, async (t) => {
  const port = await app(t, (_req, res) => void res.end());
  const serve = async (...args: string[]) => {
    const { adminHost } = await start(t, [...(await proxyArgs(port)), ...args]);
    const answer = await fetch(`http://${adminHost}/status`);
    return ((await answer.json()) as Status).serve;
  };
  assert.equal(await serve("--serve", "origin-first"), "origin-first");
  assert.equal(await serve(), "peers-first");
  assert.equal(await serve("--sharing", "off"), undefined);
});

test("a second signal ends it at once", { timeout: 30_000 }, async (t) => {
  const port = await app(t, (_req, res) => void res.writeHead(200).write("a stream without end"));
  const { child, url } = await start(t, [...(await proxyArgs(port)), "--drain-time", "10m"]);
  await fetched(url);
  const stopping = child.line((line) => fieldsOf(line, "stopping"));
  child.process.kill("SIGINT");
  await stopping;
  child.process.kill("SIGINT");
  await child.gone;
  assert.equal(child.process.exitCode, 0);
});

test("tuber demo serves the sample site, says what to try, and takes the site with it when it ends", async (t) => {
  const [, , ...args] = await proxyArgs(9);
  const child = launch(t, ["demo", ...args]);
  const [ready, siteUrl] = await Promise.all([
    child.line((line) => fieldsOf(line, "ready")),
    child.line((line) => /without Tuber: +(http\S+)/.exec(line)?.[1]),
  ]);
  assert.equal((await fetched(new URL("media/film.mp4", String(ready.url)).href)).statusCode, 200);
  child.process.kill("SIGTERM");
  await child.gone;
  assert.equal(child.process.exitCode, 0);
  await assert.rejects(fetched(siteUrl), { code: "ECONNREFUSED" });
});
