import assert from "node:assert/strict";
import { test } from "node:test";
import { BurstLimit } from "./burst-limit.ts";

const SLOW_BYTES_PER_MS = 1_000;

test("before anything was sent there is no limit", () => {
  assert.equal(new BurstLimit().bytes, Number.POSITIVE_INFINITY);
});

test("after a pause no more than a burst goes beyond what is in flight", () => {
  const limit = new BurstLimit();
  limit.sent(0, SLOW_BYTES_PER_MS);
  assert.equal(limit.bytes, 16_000);
  limit.sent(12_000, SLOW_BYTES_PER_MS);
  assert.equal(limit.bytes, 16_000);
});

test("on a fast line a burst is what it carries in three milliseconds", () => {
  const limit = new BurstLimit();
  limit.sent(0, 10_000);
  assert.equal(limit.bytes, 30_000);
});

test("it grows by what is acknowledged, if it was used up", () => {
  const limit = new BurstLimit();
  limit.sent(0, SLOW_BYTES_PER_MS);
  limit.acked(16_000, 6_000, 2_300);
  assert.equal(limit.bytes, 22_000);
  limit.acked(10_000, 6_000, 2_300);
  assert.equal(limit.bytes, 22_000);
});
