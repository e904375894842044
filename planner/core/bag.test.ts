import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { Bag } from "./bag.ts";

test("a bag holds what was added and not removed, each once", () => {
  const step = fc.record({ add: fc.boolean(), item: fc.nat(8) });
  fc.assert(
    fc.property(fc.array(step), (steps) => {
      const bag = new Bag<number>();
      const set = new Set<number>();
      for (const { add, item } of steps) {
        if (add) {
          bag.add(item);
          set.add(item);
        } else {
          bag.delete(item);
          set.delete(item);
        }
        assert.equal(bag.size, set.size);
        assert.deepEqual(new Set(bag.sample(9, () => 0)), set);
      }
    }),
  );
});

test("a large bag gives as many as asked for", () => {
  const bag = new Bag<number>();
  for (let item = 0; item < 100; item += 1) bag.add(item);
  const draws = [0, 0.5, 0.999];
  assert.deepEqual(
    bag.sample(3, () => draws.shift() ?? 0),
    [0, 50, 99],
  );
});
