import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { Places } from "./places.ts";

test("room that was left is used again before the file grows", () => {
  const places = new Places();
  places.take(1, 100);
  places.take(2, 50);
  places.take(3, 100);
  places.free(1);
  assert.deepEqual(places.take(4, 60), { at: 0, lengthBytes: 60 });
  assert.deepEqual(places.take(5, 60), { at: 250, lengthBytes: 60 });
  assert.deepEqual(places.take(6, 40), { at: 60, lengthBytes: 40 });
});

test("no two pieces ever overlap, the file is no longer than its last piece, and a journal of it gives the same", () => {
  const step = fc.record({ piece: fc.nat(30), lengthBytes: fc.integer({ min: 1, max: 64 }), free: fc.boolean() });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 200 }), (steps) => {
      const places = new Places();
      for (const { piece, lengthBytes, free } of steps) {
        if (free) places.free(piece);
        else if (places.of(piece) === undefined) places.take(piece, lengthBytes);
      }
      const inOrder = [...places.all()].sort(([, a], [, b]) => a.at - b.at);
      let endBytes = 0;
      for (const [, place] of inOrder) {
        assert.ok(place.at >= endBytes);
        endBytes = place.at + place.lengthBytes;
      }
      assert.equal(places.endBytes, endBytes);
      const again = Places.from(places.all());
      assert.deepEqual([...again.all()].sort(), [...places.all()].sort());
      assert.deepEqual([again.heldBytes, again.endBytes], [places.heldBytes, places.endBytes]);
      assert.deepEqual(again.take(99, 5), places.take(99, 5));
    }),
  );
});

test("of places that overlap in a journal one is believed", () => {
  const places = Places.from([
    [1, { at: 0, lengthBytes: 10 }],
    [2, { at: 5, lengthBytes: 10 }],
    [3, { at: 10, lengthBytes: 10 }],
  ]);
  assert.deepEqual(
    [...places.all()].map(([piece]) => piece),
    [1, 3],
  );
});
