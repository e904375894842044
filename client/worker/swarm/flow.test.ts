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
  const come = (...pieces: number[]): void => pieces.forEach((piece) => void held.add(piece));
  return { clock, flow, announce, come, segment };
}

test("a swarm is in time if the newest segment that is two seconds old is whole", () => {
  const { clock, flow, announce, come } = rig();
  announce(1);
  come(2, 3);
  clock.advance(1_999);
  assert.equal(flow.isInTime(), false);
  clock.advance(1);
  announce(2);
  assert.equal(flow.isInTime(), true);
  come(4);
  clock.advance(2_000);
  assert.equal(flow.isInTime(), false);
  come(5);
  assert.equal(flow.isInTime(), true);
});

test("a newcomer told the newest segment first is judged by that one", () => {
  const { clock, flow, announce, come } = rig();
  for (const number of [9, 8, 7]) announce(number);
  come(18, 19);
  clock.advance(2_000);
  assert.equal(flow.isInTime(), true);
});

test("copies of a manifest from other parents crowd out no older one", () => {
  const { clock, flow, announce, come } = rig();
  announce(1);
  come(2, 3);
  clock.advance(1_500);
  for (let copies = 0; copies < 20; copies += 1) announce(2);
  clock.advance(500);
  assert.equal(flow.isInTime(), true);
});

test("a segment is whole with all its pieces", () => {
  const { flow, come, segment } = rig();
  come(2);
  assert.equal(flow.isWhole(segment(1)), false);
  come(3);
  assert.equal(flow.isWhole(segment(1)), true);
});
