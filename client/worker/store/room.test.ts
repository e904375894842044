import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { allowedBytes, growthBytes, type KeptContent, toForget } from "./room.ts";

const GIB = 1_073_741_824;
const content = (name: string, bytes: number, usedMs: number, isOpen = false): KeptContent => ({
  name,
  bytes,
  usedMs,
  isOpen,
});
const names = (contents: readonly KeptContent[]): string => contents.map(({ name }) => name).join();

test("a fifth of the quota, 4 GiB at most, and never the last tenth of it", () => {
  assert.equal(allowedBytes({ quotaBytes: 10 * GIB, usageBytes: 0 }, 0), 2 * GIB);
  assert.equal(allowedBytes({ quotaBytes: 1_000 * GIB, usageBytes: 0 }, 0), 4 * GIB);
  assert.equal(allowedBytes({ quotaBytes: 10 * GIB, usageBytes: 8.5 * GIB }, GIB), 1.5 * GIB);
  assert.equal(allowedBytes({ quotaBytes: 10 * GIB, usageBytes: 10 * GIB }, GIB / 2), 0);
  assert.equal(allowedBytes({ quotaBytes: 0, usageBytes: 0 }, 0), 0);
});

test("what was used longest ago goes first, no more than need be, and nothing that is open", () => {
  const kept = [content("b", 100, 2), content("c", 100, 3), content("a", 100, 1), content("open", 100, 0, true)];
  assert.equal(names(toForget(kept, 10_000)), "");
  assert.equal(names(toForget(kept, 480)), "a,b");
  assert.equal(names(toForget(kept, 0)), "a,b,c");
});

test("contents in use share what is left, and shrink where that is less than nothing", () => {
  const open = [content("a", 100, 1, true), content("b", 300, 1, true)];
  assert.equal(growthBytes(open, 1_000), 300);
  assert.equal(growthBytes(open, 200), -100);
  assert.equal(growthBytes([content("c", 100, 1)], 1_000), 0);
});

test("after forgetting, all together take no more than they may, unless what is open alone does", () => {
  const arbitrary = fc.record({ name: fc.uuid(), bytes: fc.nat(GIB), usedMs: fc.nat(), isOpen: fc.boolean() });
  fc.assert(
    fc.property(fc.array(arbitrary), fc.nat(4 * GIB), (contents, allowed) => {
      const gone = new Set(toForget(contents, allowed));
      const left = contents.filter((kept) => !gone.has(kept));
      const bytes = left.reduce((sum, kept) => sum + kept.bytes, 0);
      assert.ok(bytes <= allowed || left.every(({ isOpen }) => isOpen));
      assert.ok([...gone].every(({ isOpen }) => !isOpen));
      for (const kept of left.filter(({ isOpen }) => !isOpen))
        for (const other of gone) assert.ok(other.usedMs <= kept.usedMs);
    }),
  );
});
