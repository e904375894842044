import assert from "node:assert/strict";
import { test } from "node:test";
import { TestClock } from "../../../testing/clock.ts";
import { manifestOf } from "../../../testing/manifests.ts";
import { Flow } from "./flow.ts";

/** Segments of two pieces each. */
function rig() {
  const clock = new TestClock();
  const held = new Set<number>();
  const flow = new Flow(clock, (piece) => held.has(piece));
  const segment = (number: number) => manifestOf(new Uint8Array(2_000), { segment: number, firstPiece: 2 * number });
  const announce = (number: number): void => flow.announced(segment(number));
  const come = (...pieces: number[]): void => {
    for (const piece of pieces) {
      held.add(piece);
      flow.came(piece);
    }
  };
  return { clock, flow, announce, come, segment };
}

test("a swarm is in time if what is due by now was whole when it was due", () => {
  const { clock, flow, announce, come } = rig();
  for (const number of [1, 2, 3]) announce(number);
  clock.advance(2_499);
  come(4, 5);
  assert.equal(flow.isInTime(), true);
  clock.advance(1);
  assert.equal(flow.isInTime(), false);
});

test("one late segment counts until two after it were in time", () => {
  const { clock, flow, announce, come } = rig();
  announce(1);
  announce(2);
  clock.advance(2_501);
  come(4, 5);
  assert.equal(flow.isInTime(), false);
  announce(3);
  come(6, 7);
  clock.advance(2_500);
  assert.equal(flow.isInTime(), false);
  announce(4);
  come(8, 9);
  clock.advance(2_500);
  assert.equal(flow.isInTime(), true);
});

test("a newcomer is not judged by what was under way before it came, and trusts its swarm until something is due", () => {
  const { clock, flow, announce } = rig();
  for (const number of [9, 8, 7]) announce(number);
  assert.equal(flow.isInTime(), true);
  clock.advance(2_500);
  assert.equal(flow.isInTime(), true);
  announce(10);
  clock.advance(2_500);
  assert.equal(flow.isInTime(), false);
});

test("copies of a manifest from other parents crowd out no older one", () => {
  const { clock, flow, announce, come } = rig();
  announce(1);
  announce(2);
  come(4, 5);
  clock.advance(2_350);
  for (let copies = 0; copies < 20; copies += 1) announce(3);
  clock.advance(150);
  assert.equal(flow.isInTime(), true);
});

test("a segment is whole with all its pieces", () => {
  const { flow, come, segment } = rig();
  come(2);
  assert.equal(flow.isWhole(segment(1)), false);
  come(3);
  assert.equal(flow.isWhole(segment(1)), true);
});

test("a reader waits for pieces a quarter longer than a segment lasts, within a second and what it takes to be due", () => {
  for (const [lastsMs, patienceMs] of [
    [333, 1_000],
    [1_000, 1_250],
    [2_000, 2_500],
    [6_000, 2_500],
  ] as const) {
    const { flow, segment } = rig();
    assert.equal(flow.patienceMs, 2_500);
    for (const number of [1, 2]) flow.announced({ ...segment(number), timeMs: number * lastsMs });
    assert.equal(flow.patienceMs, patienceMs);
  }
});
