import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { named } from "../../testing/swarm-stub.ts";
import { CHUNK_PIECES, chunkOf, PieceSet } from "./piece-set.ts";

const piece = fc.oneof(fc.integer({ min: 0, max: 2_000 }), fc.integer({ min: 0, max: 0xffff_ffff }));

test("whatever is added and taken out, it holds what a set holds, and its bitmaps tell another one of it", () => {
  const move = fc.tuple(fc.constantFrom("add" as const, "delete" as const), piece);
  fc.assert(
    fc.property(fc.array(move, { maxLength: 200 }), (moves) => {
      const [set, model, told] = [new PieceSet(), new Set<number>(), new PieceSet()];
      for (const [what, number] of moves) {
        set[what](number);
        model[what](number);
      }
      for (const chunk of set.chunks()) told.replace(chunk, set.bitmap(chunk));
      const sorted = (numbers: Iterable<number>) => [...numbers].sort((a, b) => a - b);
      assert.deepEqual(sorted(set.pieces()), sorted(model));
      assert.deepEqual(sorted(told.pieces()), sorted(model));
      for (const [, number] of moves) assert.equal(set.has(number), model.has(number));
    }),
  );
});

test("a chunk's bitmap is a copy, no longer than it must be, and says all there is in the chunk", () => {
  const set = new PieceSet();
  set.add(CHUNK_PIECES + 9);
  const bitmap = set.bitmap(1);
  set.delete(CHUNK_PIECES + 9);
  assert.deepEqual([bitmap.length, named({ base: CHUNK_PIECES, bitmap })], [2, [CHUNK_PIECES + 9]]);
  assert.deepEqual([...set.bitmap(1)], [0]);
  set.replace(1, Uint8Array.of(3));
  set.replace(1, Uint8Array.of(1));
  assert.deepEqual([...set.pieces()], [CHUNK_PIECES]);
  set.replace(1, Uint8Array.of(0, 0));
  assert.equal(set.chunkCount, 0);
  assert.equal(chunkOf(CHUNK_PIECES - 1), 0);
});
