import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer, type RequestListener } from "node:http";
import type { AddressInfo } from "node:net";
import test from "node:test";
import { createUpstreamProbe } from "./upstream-probe.ts";

/** A clock that stands until it is told to go on. */
function createHandClock() {
  let nowMs = 0;
  const timers = new Set<{ atMs: number; run: () => void }>();
  return {
    nowMs: () => nowMs,
    after(delayMs: number, run: () => void) {
      const timer = { atMs: nowMs + delayMs, run };
      timers.add(timer);
      return () => void timers.delete(timer);
    },
    pass(ms: number): void {
      nowMs += ms;
      for (const timer of timers) if (timer.atMs <= nowMs && timers.delete(timer)) timer.run();
    },
  };
}

async function app(answer: RequestListener) {
  const server = createServer(answer).listen(0, "127.0.0.1");
  await once(server, "listening");
  return { server, url: new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`) };
}

test("any answer counts as reachable, even an error of the app", async () => {
  const { server, url } = await app((_req, res) => void res.writeHead(500).end());
  assert.equal(await createUpstreamProbe(url, createHandClock())(), true);
  server.close();
});

test("an app that is away is unreachable, and reachable again once it is back", async () => {
  const { server, url } = await app((_req, res) => void res.end());
  server.close();
  await once(server, "close");
  const clock = createHandClock();
  const probe = createUpstreamProbe(url, clock);
  assert.equal(await probe(), false);
  const back = createServer((_req, res) => void res.end()).listen(Number(url.port), "127.0.0.1");
  await once(back, "listening");
  clock.pass(2_001);
  assert.equal(await probe(), true);
  back.close();
});

test("an app that takes a connection and says nothing is unreachable after 2 s", async () => {
  const { server, url } = await app(() => undefined);
  const clock = createHandClock();
  const answer = createUpstreamProbe(url, clock)();
  await once(server, "request");
  clock.pass(2_000);
  assert.equal(await answer, false);
  server.close();
});

test("the app is asked once in 2 s however many ask", async () => {
  let asked = 0;
  const { server, url } = await app((_req, res) => {
    asked += 1;
    res.end();
  });
  const clock = createHandClock();
  const probe = createUpstreamProbe(url, clock);
  await Promise.all([probe(), probe(), probe()]);
  clock.pass(1_999);
  await probe();
  assert.equal(asked, 1);
  clock.pass(2);
  await probe();
  assert.equal(asked, 2);
  server.close();
});
