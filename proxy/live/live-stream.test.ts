import assert from "node:assert/strict";
import { test } from "node:test";
import type { Listing } from "./listing.ts";
import { LiveStream } from "./live-stream.ts";

const TARGET_MS = 2_000;

function listing(from: number, to: number, more: { name?: string; hasEnded?: boolean } = {}): Listing {
  const { name = "s", hasEnded = false } = more;
  const orders = Array.from({ length: to - from + 1 }, (_, index) => from + index);
  const segments = orders.map((order) => ({ target: `/${name}${order}.ts`, order, durationMs: TARGET_MS }));
  return { rendition: "", targetMs: TARGET_MS, hasEnded, segments };
}

function stream() {
  const live = new LiveStream({ key: "", host: "", headers: [] }, "/a.m3u8", "");
  return {
    live,
    news: (seen: Listing, atMs: number) => live.news(seen, atMs).map(({ target }) => target.slice(1, -3)),
  };
}

test("of a stream seen for the first time the newest four are new", () => {
  assert.deepEqual(stream().news(listing(1, 10), 0), ["s7", "s8", "s9", "s10"]);
});

test("later looks bring what was added since, each once", () => {
  const { news } = stream();
  news(listing(1, 4), 0);
  assert.deepEqual(news(listing(1, 4), 1_000), []);
  assert.deepEqual(news(listing(2, 6), 2_000), ["s5", "s6"]);
  assert.deepEqual(news(listing(3, 6), 60_000), []);
});

test("a look that comes late brings nothing back", () => {
  const { news } = stream();
  news(listing(1, 4), 0);
  news(listing(5, 8), 100);
  news(listing(6, 9), 200);
  assert.deepEqual(news(listing(2, 5), 300), []);
});

test("a stream that starts again under the old names is new, whether its old segments are still listed or not", () => {
  const { news } = stream();
  news(listing(10, 13), 0);
  assert.deepEqual(
    news({ ...listing(0, 1), segments: [{ target: "/s10.ts", order: 0, durationMs: TARGET_MS }] }, 500),
    ["s10"],
  );
  const again = stream();
  again.news(listing(0, 3), 0);
  for (let look = 1; look < 10; look += 1) again.news(listing(look, look + 3), look * TARGET_MS);
  assert.deepEqual(again.news(listing(0, 1), 10 * TARGET_MS), ["s0", "s1"]);
});

test("one look brings eight at most, the newest", () => {
  const { news } = stream();
  news(listing(1, 4), 0);
  assert.equal(news(listing(50, 90), 1_000)[0], "s83");
});

test("a stream is idle when nobody looked at it for a while, or not since it ended", () => {
  const { live, news } = stream();
  news(listing(1, 4), 0);
  assert.equal(live.isIdle(30_000), false);
  assert.equal(live.isIdle(30_001), true);
  news(listing(1, 4, { hasEnded: true }), 20_000);
  news(listing(1, 4, { hasEnded: true }), 40_000);
  assert.equal(live.isIdle(50_001), true);
});

test("a stream whose segments are refused to strangers three times on end rests for a minute", () => {
  const { live } = stream();
  for (const isShared of [false, false, true, false, false]) live.judged(isShared, 0);
  assert.equal(live.isWorthAsking(0), true);
  live.judged(false, 0);
  assert.equal(live.isWorthAsking(59_999), false);
  assert.equal(live.isWorthAsking(60_000), true);
});
