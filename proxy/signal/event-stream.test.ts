import assert from "node:assert/strict";
import { createServer, request } from "node:http";
import { afterEach, test } from "node:test";
import { TestClock } from "../../testing/clock.ts";
import { createSignalServer } from "./signal-server.ts";

const CHANNEL = `?channel=${"0123456789abcdef".repeat(2)}`;
const HELLO = JSON.stringify({ type: "hello", v: 1, session: "f".repeat(32) });

const cleanups: (() => void)[] = [];
afterEach(() => {
  for (const cleanup of cleanups.splice(0)) cleanup();
});

async function start() {
  const clock = new TestClock();
  const sessions = { join: () => 1, signal() {}, leave() {} };
  const signal = createSignalServer({ sessions, clock, onFault() {} });
  const http = createServer((req, res) => void signal.own(req, res));
  await new Promise<void>((done) => http.listen(0, "127.0.0.1", done));
  const address = http.address();
  const port = typeof address === "object" ? address?.port : 0;
  const origin = `http://127.0.0.1:${port}`;
  cleanups.push(() => {
    http.closeAllConnections();
    http.close();
  });
  const post = (query: string, body: string) =>
    fetch(`${origin}/__tuber/signal/messages${query}`, { method: "POST", headers: { origin }, body });
  return { clock, http, port, origin, post, url: `${origin}/__tuber/signal` };
}

test("the stream says it must not be stored, changed or buffered", async () => {
  const { url } = await start();
  const { headers } = await fetch(`${url}/events${CHANNEL}`);
  assert.equal(headers.get("content-type"), "text/event-stream");
  assert.equal(headers.get("cache-control"), "no-store, no-transform");
  assert.equal(headers.get("x-accel-buffering"), "no");
});

test("a silent stream is sent a comment every 20 s", async () => {
  const { url, clock, post } = await start();
  const res = await fetch(`${url}/events${CHANNEL}`);
  const reader = res.body?.pipeThrough(new TextDecoderStream()).getReader();
  assert.equal((await reader?.read())?.value, ":\n\n");
  await post(CHANNEL, `[${HELLO}]`);
  assert.match((await reader?.read())?.value ?? "", /^data: {"type":"welcome"/);
  clock.advance(20_000);
  assert.equal((await reader?.read())?.value, ":\n\n");
});

test("a second stream on a channel takes the place of the first and needs its own hello", async () => {
  const { url, post } = await start();
  const first = await fetch(`${url}/events${CHANNEL}`);
  assert.equal((await post(CHANNEL, `[${HELLO}]`)).status, 204);
  await fetch(`${url}/events${CHANNEL}`);
  assert.match(await first.text(), /welcome/);
  assert.equal((await post(CHANNEL, '[{"type":"ping"}]')).status, 400);
});

test("POSTs that are none are answered with the right status and a sentence", async () => {
  const { url, origin, post } = await start();
  await fetch(`${url}/events${CHANNEL}`);
  assert.equal((await post(`?channel=${"f".repeat(32)}`, "[]")).status, 404);
  assert.equal((await post("", "[]")).status, 404);
  assert.equal((await post(CHANNEL, "{}")).status, 400);
  assert.equal((await post(CHANNEL, `[${'{"type":"ping"},'.repeat(64)}{"type":"ping"}]`)).status, 400);
  assert.equal((await post(CHANNEL, " ".repeat(65_537))).status, 413);
  assert.equal((await fetch(`${url}/messages${CHANNEL}`, { headers: { origin } })).status, 405);
  assert.match(await (await post(CHANNEL, "x")).text(), /^the body must be an array/);
});

test("a POST from no page, or another site's, is refused", async () => {
  const { url } = await start();
  await fetch(`${url}/events${CHANNEL}`);
  for (const headers of [{}, { origin: "https://evil.example" }, { origin: "null" }]) {
    const res = await fetch(`${url}/messages${CHANNEL}`, { method: "POST", headers, body: `[${HELLO}]` });
    assert.equal(res.status, 403);
  }
});

test("a body that does not come within 10 s is answered 408", async () => {
  const { url, origin, clock, http } = await start();
  await fetch(`${url}/events${CHANNEL}`);
  const headers = { origin, "content-length": "100" };
  const slow = request(`${url}/messages${CHANNEL}`, { method: "POST", headers });
  const arrived = new Promise((done) => http.once("request", done));
  slow.on("error", () => undefined);
  slow.flushHeaders();
  await arrived;
  const answered = new Promise<number | undefined>((done) => slow.once("response", (res) => done(res.statusCode)));
  clock.advance(9_999);
  await fetch(`${url}/messages`);
  clock.advance(1);
  assert.equal(await answered, 408);
});

test("what is neither the stream nor a POST is told what it should be", async () => {
  const { url, origin } = await start();
  assert.equal((await fetch(`${url}/events?channel=x`)).status, 400);
  assert.equal((await fetch(`${url}/events${CHANNEL}`, { method: "POST", headers: { origin } })).status, 405);
  assert.equal((await fetch(url)).status, 426);
});
