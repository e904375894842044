// An uplink is what receivers saw: all of them together, and no minority of liars can make it more.
import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { UplinkMeter } from "./uplink-meter.ts";

const MBPS = 1_000_000;

/** Rounds of reports five seconds apart; each receiver says how much it got while busy, in bits a second. */
function measured(rounds: readonly (readonly number[])[]): number {
  const meter = new UplinkMeter();
  for (const [round, rates] of rounds.entries()) {
    const nowMs = 5_000 * (round + 1);
    for (const [receiver, bps] of rates.entries()) meter.report(9, `${receiver}`, bps / 8, 1_000, nowMs);
    meter.tick(nowMs);
  }
  return meter.uplinkBps(9) ?? 0;
}

test("an uplink is shared by its children, so it is what they get together", () => {
  assert.equal(measured([[MBPS, MBPS, MBPS, MBPS]]), 4 * MBPS);
});

test("no minority of receivers can raise an uplink", () => {
  const truth = fc.integer({ min: 1, max: 100 });
  const lie = fc.integer({ min: 200, max: 1_000 });
  fc.assert(
    fc.property(fc.array(truth, { minLength: 2, maxLength: 8 }), fc.array(lie, { maxLength: 7 }), (truths, lies) => {
      fc.pre(lies.length < truths.length);
      const all = [...truths, ...lies].map((mbps) => mbps * MBPS);
      assert.ok(measured([all]) <= Math.max(...truths) * MBPS * all.length);
    }),
  );
});

test("one bad period lowers it quickly, one good one raises it slowly", () => {
  const steady = Array.from({ length: 24 }, () => [8 * MBPS]);
  const dropped = measured([...steady, [MBPS], [MBPS]]);
  const raised = measured([...steady, [64 * MBPS], [64 * MBPS]]);
  assert.ok(dropped < 5 * MBPS, `${dropped}`);
  assert.ok(raised < 16 * MBPS, `${raised}`);
});

test("a few bytes or a blink say nothing, and an uplink never measured is not told", () => {
  const meter = new UplinkMeter();
  meter.report(9, "1", 10_000, 1_000, 0);
  meter.report(9, "2", 1_000_000, 10, 0);
  assert.deepEqual(meter.tick(5_000), []);
  assert.equal(meter.uplinkBps(9), undefined);
});

test("a receiver that has said nothing for two periods counts no more", () => {
  const meter = new UplinkMeter();
  meter.report(9, "1", MBPS / 8, 1_000, 0);
  for (const nowMs of [5_000, 10_000, 15_000]) meter.report(9, "2", MBPS / 8, 1_000, nowMs);
  assert.deepEqual(meter.tick(15_000), [{ peer: 9, uplinkBps: MBPS }]);
});

test("only changes worth planning for are told", () => {
  const meter = new UplinkMeter();
  const told = (bps: number, nowMs: number): number => {
    meter.report(9, "1", bps / 8, 1_000, nowMs);
    return meter.tick(nowMs).length;
  };
  assert.deepEqual([told(MBPS, 5_000), told(1.05 * MBPS, 10_000), told(0.2 * MBPS, 15_000)], [1, 0, 1]);
});
