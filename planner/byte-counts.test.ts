import assert from "node:assert/strict";
import { test } from "node:test";
import { ByteCounts } from "./byte-counts.ts";

test("what viewers got from each other is counted for good, also of those who have left", () => {
  const counts = new ByteCounts();
  counts.add(7, 1, 0, 1_000);
  counts.add(7, 1, 2, 10);
  counts.add(8, 2, 1, 5);
  assert.deepEqual([counts.received(7, 1), counts.viewerBytes], [{ origin: 1_000, viewer: 10 }, 15]);
  counts.forget(7, 1);
  assert.deepEqual([counts.received(7, 1), counts.viewerBytes], [{ origin: 0, viewer: 0 }, 15]);
});
