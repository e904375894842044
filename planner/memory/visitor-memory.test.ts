import assert from "node:assert/strict";
import { test } from "node:test";
import { VisitorMemory } from "./visitor-memory.ts";
import type { VisitorRecord } from "./visitor-record.ts";

const DAY_MS = 86_400_000;

function seen(key: string, seenMs: number): VisitorRecord {
  return { key, reputation: 1, stayMs: 0, seenMs };
}

test("who was away for thirty days is forgotten, for better or worse", () => {
  const memory = new VisitorMemory();
  memory.put(seen("old", 0));
  memory.put(seen("young", 10 * DAY_MS));
  assert.equal(memory.of("old", 30 * DAY_MS)?.key, "old");
  assert.equal(memory.of("old", 30 * DAY_MS + 1), undefined);
  assert.deepEqual(
    memory.all(30 * DAY_MS + 1).map(({ key }) => key),
    ["young"],
  );
});

test("of more visitors than are kept, those seen longest ago are forgotten", () => {
  const memory = new VisitorMemory();
  for (let n = 0; n < 20_000; n += 1) memory.put(seen(`${n}`, n));
  memory.put(seen("0", 20_000));
  memory.put(seen("new", 20_001));
  assert.equal(memory.all(20_001).length, 20_000);
  assert.deepEqual(
    ["0", "1", "2", "new"].map((key) => memory.of(key, 20_001) !== undefined),
    [true, false, true, true],
  );
});

test("what was restored is no news, what is put is", () => {
  const news: string[] = [];
  const memory = new VisitorMemory(({ key }) => news.push(key));
  memory.restore(seen("a", 1));
  memory.put(seen("b", 2));
  assert.deepEqual(news, ["b"]);
});
