import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { follows, shapeOf } from "./url-shape.ts";

const isNext = (last: string, next: string): boolean => follows(shapeOf(last), shapeOf(next));

test("the next segment is the same path with a higher number", () => {
  assert.ok(isNext("/live/720p/seg-41.ts", "/live/720p/seg-42.ts"));
  assert.ok(isNext("/live/seg-099.ts", "/live/seg-100.ts"));
  assert.ok(isNext("/hls/20261121T235959-7.m4s", "/hls/20261122T000001-0.m4s"));
});

test("another rendition, another kind of file and an older segment are none", () => {
  assert.ok(!isNext("/live/high/seg-41.ts", "/live/low/seg-42.ts"));
  assert.ok(!isNext("/live/seg-41.ts", "/live/seg-42.m4s"));
  assert.ok(!isNext("/live/seg-41.ts", "/live/seg-40.ts"));
  assert.ok(!isNext("/live/seg-41.ts", "/live/seg-41.ts"));
});

test("a path without numbers has no next one", () => {
  assert.ok(!isNext("/film.mp4", "/film.mp4"));
});

test("of two segments of one shape exactly one follows the other", () => {
  const number = fc.bigInt({ min: 0n, max: 10n ** 20n });
  fc.assert(
    fc.property(number, number, (a, b) => {
      const [first, second] = [`/v2/seg-${a}.ts`, `/v2/seg-${b}.ts`];
      assert.equal(isNext(first, second), b > a);
      assert.equal(isNext(second, first), a > b);
    }),
  );
});

test("no path is too odd to have a shape", () => {
  fc.assert(
    fc.property(fc.string(), (path) => {
      assert.ok(shapeOf(path).numbers.every((number) => number >= 0n));
    }),
  );
  assert.ok(shapeOf(`/${"9".repeat(100_000)}`).numbers.length > 1);
});
