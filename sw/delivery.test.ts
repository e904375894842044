import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import { Delivery } from "./delivery.ts";
import type { Source } from "./source.ts";

const MANNER = { cache: "default", credentials: "same-origin", referrer: "" } as const;

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
  const delivery = new Delivery(plan, MANNER, ports, { type: "body", head, source, response: undefined });
  const reader = delivery.body().getReader();
  void reader.read();
  // The body is being waited for.
  await new Promise(setImmediate);
  await reader.cancel();
  await new Promise(setImmediate);
  assert.deepEqual([asked, done], [0, 1]);
});

const DATED = {
  etag: 'W/"4-1"',
  "last-modified": "Sat, 21 Nov 2026 10:00:00 GMT",
  date: "Sat, 21 Nov 2026 11:00:00 GMT",
};

/** What a page reads of "abcd" whose link breaks behind "ab", and with which headers the app is asked for the rest. */
async function broken(t: TestContext, headers: Record<string, string>, rest: Response) {
  const asked: Headers[] = [];
  t.mock.method(globalThis, "fetch", async (_url: string, init: RequestInit) => {
    asked.push(new Headers(init.headers));
    return rest;
  });
  const reads = [new TextEncoder().encode("ab"), "failed"] as const;
  let read = 0;
  const source: Source = { path: "origin", read: async () => reads[read++] ?? "failed", cancel: () => {} };
  const head = { status: 200, statusText: "OK", headers: new Headers(headers), start: 0, end: 4, total: 4 };
  const ports = { provider: () => undefined, linkSoon: async () => {}, count: () => {}, done: () => {} };
  const plan = { url: "http://site.test/a.zip", headers: [], start: 0, end: undefined };
  const delivery = new Delivery(plan, MANNER, ports, { type: "body", head, source, response: undefined });
  const got = await new Response(delivery.body()).text().catch(() => "an error");
  return { got, asked: asked.map((headers) => [headers.get("range"), headers.get("if-range")]) };
}

function restWith(headers: Record<string, string>): Response {
  return new Response("cd", { status: 206, headers: { ...headers, "content-range": "bytes 2-3/4" } });
}

test("a body with a weak ETag is gone on with by its date, at the exact byte", async (t) => {
  const { got, asked } = await broken(t, DATED, restWith(DATED));
  assert.deepEqual([got, asked], ["abcd", [["bytes=2-3", DATED["last-modified"]]]]);
});

test("a body whose weak ETag has changed under the same date is an error", async (t) => {
  const { got } = await broken(t, DATED, restWith({ ...DATED, etag: 'W/"4-2"' }));
  assert.equal(got, "an error");
});

test("a body with a weak ETag alone cannot be gone on with, and the app is not asked", async (t) => {
  const { got, asked } = await broken(t, { etag: DATED.etag, date: DATED.date }, restWith(DATED));
  assert.deepEqual([got, asked], ["an error", []]);
});
