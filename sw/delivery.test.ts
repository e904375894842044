import assert from "node:assert/strict";
import { test } from "node:test";
import { Delivery } from "./delivery.ts";
import type { Source } from "./source.ts";

test("a page that wants no more of an answer costs no further request", async (t) => {
  let asked = 0;
  t.mock.method(globalThis, "fetch", async () => {
    asked += 1;
    return new Response("more");
  });
  let end = (): void => {};
  const source: Source = {
    path: "origin",
    read: () =>
      new Promise((resolve) => {
        end = () => resolve("failed");
      }),
    cancel: () => end(),
  };
  const head = { status: 200, statusText: "OK", headers: new Headers(), start: 0, end: 1_000, total: 1_000 };
  let done = 0;
  const ports = { provider: () => undefined, linkSoon: async () => {}, count: () => {}, done: () => (done += 1) };
  const plan = { url: "http://site.test/film.mp4", headers: [], start: 0, end: undefined };
  const init = { cache: "default", referrer: "" } as const;
  const delivery = new Delivery(plan, init, ports, { type: "body", head, source, response: undefined });
  const reader = delivery.body().getReader();
  void reader.read();
  // The body is being waited for.
  await new Promise(setImmediate);
  await reader.cancel();
  await new Promise(setImmediate);
  assert.deepEqual([asked, done], [0, 1]);
});
