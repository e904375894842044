import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import { type Rig, rawAnswer, startRig } from "../../testing/raw-rig.ts";
import { createProxyServer, type ProxyServerOptions } from "./proxy-server.ts";

const HOST = "Host: site.test\r\n";

function rig(t: TestContext, headers = "", options: Partial<ProxyServerOptions> = {}): Promise<Rig> {
  return startRig(t, (upstream) => createProxyServer({ upstream, ...options }), {
    answer: (_request, socket) => socket.end(rawAnswer("ok", headers)),
  });
}

test("a head of 10 MB gets a 431, and the next client is served", async (t) => {
  const faults: string[] = [];
  const using = await rig(t, "", { onFault: (kind) => faults.push(kind) });
  const client = await using.open(`GET / HTTP/1.1\r\n${HOST}X-Big: `);
  for (let i = 0; i < 100 && !client.socket.destroyed; i += 1) client.send(Buffer.alloc(100_000, "x"));
  assert.match(await client.until("64 KiB"), /^HTTP\/1.1 431 /);
  client.socket.destroy();
  assert.match(await using.ask("GET /"), /ok$/);
  assert.deepEqual(faults, ["client-malformed"]);
});

test("a head that stays unfinished gets a 408 and a close", async (t) => {
  const using = await rig(t, "", { timeouts: { headMs: 100 } });
  const client = await using.open(`GET / HTTP/1.1\r\n${HOST}X-Slow: a`);
  assert.match(await client.whole(), /^HTTP\/1.1 408 /);
});

test("a connection that never asks is closed without a word", async (t) => {
  const faults: string[] = [];
  const using = await rig(t, "", { timeouts: { headMs: 100 }, onFault: (kind) => faults.push(kind) });
  assert.equal(await (await using.open()).whole(), "");
  assert.deepEqual(faults, []);
});

test("a slow body is no slow head", async (t) => {
  const using = await rig(t, "", { timeouts: { headMs: 60 } });
  const slow = await using.open(`POST / HTTP/1.1\r\n${HOST}Content-Length: 4\r\nConnection: close\r\n\r\nbo`);
  const tooSlow = await using.open("GET / HT");
  assert.match(await tooSlow.whole(), /^HTTP\/1.1 408 /);
  slow.send("dy");
  assert.match(await slow.whole(), /ok$/);
});

test("1,900 header lines all reach the app", async (t) => {
  const using = await rig(t);
  await using.ask("GET /", "a: b\r\n".repeat(1_900));
  assert.equal(using.seen[0]?.headers.filter(([name]) => name === "a").length, 1_900);
});

test("10,000 header lines with more than 64 KiB of names and values get a 431", async (t) => {
  const using = await rig(t);
  assert.match(await using.ask("GET /", "abcd: efgh\r\n".repeat(10_000)), /^HTTP\/1.1 431 /);
});

test("more than 2,000 header lines get a 431, however short", async (t) => {
  const using = await rig(t);
  assert.match(await using.ask("GET /", "a:\r\n".repeat(2_001)), /^HTTP\/1.1 431 /);
});

test("an app's 3,000 header lines of 50 KiB all reach the client", async (t) => {
  const using = await rig(t, "Set-Cookie: abcd\r\n".repeat(3_000));
  assert.equal((await using.ask("GET /")).match(/Set-Cookie: abcd/g)?.length, 3_000);
});

test("half-open connections by the hundred do not keep others out", async (t) => {
  const using = await rig(t);
  const idle = await Promise.all(Array.from({ length: 300 }, () => using.open("GET / HT")));
  assert.match(await using.ask("GET /"), /ok$/);
  for (const client of idle) client.socket.destroy();
});
