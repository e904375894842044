import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { backoffMs } from "./backoff.ts";

test("the longest pause after each failure doubles from one second", () => {
  assert.deepEqual(
    [1, 2, 3, 4].map((failures) => backoffMs(failures, 0)),
    [1_000, 2_000, 4_000, 8_000],
  );
});

test("chance shortens a pause by up to half", () => {
  assert.equal(backoffMs(5, 0), 16_000);
  assert.ok(backoffMs(5, 0.999) < 8_100);
});

test("a pause is never shorter than one second nor longer than ten minutes", () => {
  fc.assert(
    fc.property(fc.nat(), fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }), (failures, random) => {
      const pauseMs = backoffMs(failures, random);
      return pauseMs >= 1_000 && pauseMs <= 600_000;
    }),
  );
});
