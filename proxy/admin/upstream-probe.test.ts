import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer, type RequestListener } from "node:http";
import type { AddressInfo } from "node:net";
import test, { type TestContext } from "node:test";
import { TestClock } from "../../testing/clock.ts";
import { createUpstreamProbe } from "./upstream-probe.ts";

async function app(t: TestContext, answer: RequestListener) {
  const server = createServer(answer).listen(0, "127.0.0.1");
  t.after(() => {
    server.close();
    server.closeAllConnections();
  });
  await once(server, "listening");
  return { server, url: new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`) };
}

test("any answer counts as reachable, even an error of the app", async (t) => {
  const { url } = await app(t, (_req, res) => void res.writeHead(500).end());
  assert.equal(await createUpstreamProbe(url, new TestClock())(), true);
});

test("an app that is away is unreachable, and reachable again once it is back", async (t) => {
  const { server, url } = await app(t, (_req, res) => void res.end());
  server.close();
  await once(server, "close");
  const clock = new TestClock();
  const probe = createUpstreamProbe(url, clock);
  assert.equal(await probe(), false);
  const back = createServer((_req, res) => void res.end()).listen(Number(url.port), "127.0.0.1");
  t.after(() => back.close());
  await once(back, "listening");
  clock.advance(2_001);
  assert.equal(await probe(), true);
});

test("an app that takes a connection and says nothing is unreachable after 2 s", async (t) => {
  const { server, url } = await app(t, () => undefined);
  const clock = new TestClock();
  const answer = createUpstreamProbe(url, clock)();
  await once(server, "request");
  clock.advance(2_000);
  assert.equal(await answer, false);
});

test("the app is asked once in 2 s however many ask", async (t) => {
  let asked = 0;
  const { url } = await app(t, (_req, res) => {
    asked += 1;
    res.end();
  });
  const clock = new TestClock();
  const probe = createUpstreamProbe(url, clock);
  await Promise.all([probe(), probe(), probe()]);
  clock.advance(1_999);
  await probe();
  assert.equal(asked, 1);
  clock.advance(2);
  await probe();
  assert.equal(asked, 2);
});
