// An uplink is what receivers saw: all of them together, and no minority of liars can make it more.
import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { type Receiver, type Sight, UplinkMeter } from "./uplink-meter.ts";

const MBPS = 1_000_000;

/** A receiver that was busy for a second of its five. */
function busy(bps: number): Sight {
  return { bytes: bps / 8, periodMs: 5_000, busyBytes: bps / 8, busyMs: 1_000 };
}

/** A receiver in a network of its own. */
function from(peer: number): Receiver {
  return { peer, swarm: 1, network: `${peer}` };
}

/** Rounds of reports five seconds apart; each receiver says how much it got while busy, in bits a second. */
function measured(rounds: readonly (readonly number[])[]): number {
  const meter = new UplinkMeter();
  for (const [round, rates] of rounds.entries()) {
    const nowMs = 5_000 * (round + 1);
    for (const [receiver, bps] of rates.entries()) meter.report(9, from(receiver), busy(bps), nowMs);
    meter.tick(nowMs);
  }
  return meter.uplinkBps(9) ?? 0;
}

test("an uplink is shared by its children, so it is what they get together", () => {
  assert.equal(measured([[MBPS, MBPS, MBPS, MBPS]]), 4 * MBPS);
});

test("no half of the receivers can raise an uplink", () => {
  const truth = fc.integer({ min: 1, max: 5 });
  const lie = fc.integer({ min: 10, max: 1_000 });
  fc.assert(
    fc.property(fc.array(truth, { minLength: 2, maxLength: 8 }), fc.array(lie, { maxLength: 7 }), (truths, lies) => {
      fc.pre(lies.length <= truths.length);
      const all = [...truths, ...lies].map((mbps) => mbps * MBPS);
      assert.ok(measured([all]) <= Math.max(...truths) * MBPS * all.length);
    }),
  );
});

test("a single receiver's word is worth 20 Mbit/s at most, however it is put", () => {
  assert.equal(measured([[900 * MBPS]]), 20 * MBPS);
  const meter = new UplinkMeter();
  meter.report(9, from(1), { bytes: 1e9, periodMs: 5_000, busyBytes: 20_000, busyMs: 1_000 }, 0);
  meter.report(8, from(1), { bytes: 1e9, periodMs: 1, busyBytes: 20_000, busyMs: 1_000 }, 0);
  meter.tick(5_000);
  assert.deepEqual([meter.uplinkBps(9), meter.uplinkBps(8)], [20 * MBPS, 160_000]);
});

test("many receivers in one network are worth no more than one, and have one voice among the networks", () => {
  const meter = new UplinkMeter();
  const tabs = [1, 2, 3, 4, 5].map((peer) => ({ ...from(peer), network: "one house" }));
  for (const tab of tabs) for (const sender of [8, 9]) meter.report(sender, tab, busy(15 * MBPS), 0);
  meter.report(9, from(6), busy(MBPS), 0);
  meter.tick(5_000);
  assert.deepEqual([meter.uplinkBps(8), meter.uplinkBps(9)], [20 * MBPS, 6 * MBPS]);
});

test("what one receiver gets in several swarms is what it gets", () => {
  const meter = new UplinkMeter();
  for (const swarm of [1, 2]) meter.report(9, { ...from(1), swarm }, busy(MBPS), 0);
  meter.tick(5_000);
  assert.equal(meter.uplinkBps(9), 2 * MBPS);
});

test("one bad period lowers it quickly, one good one raises it slowly", () => {
  const steady = Array.from({ length: 24 }, () => [8 * MBPS]);
  const dropped = measured([...steady, [MBPS], [MBPS]]);
  const raised = measured([...steady, [20 * MBPS], [20 * MBPS]]);
  assert.ok(dropped < 5 * MBPS, `${dropped}`);
  assert.ok(raised < 11 * MBPS, `${raised}`);
});

test("an uplink is at least what all its children got, busy or not", () => {
  const meter = new UplinkMeter();
  const calm: Sight = { bytes: 1_250_000, periodMs: 5_000, busyBytes: 0, busyMs: 0 };
  meter.report(9, from(1), busy(2 * MBPS), 1_000);
  for (const receiver of [2, 3, 4]) meter.report(9, from(receiver), calm, 1_000);
  assert.deepEqual(meter.tick(5_000), [{ peer: 9, uplinkBps: 8 * MBPS }]);
});

test("a few bytes or a blink say nothing, and an uplink never measured is not told", () => {
  const meter = new UplinkMeter();
  meter.report(9, from(1), { bytes: 10_000, periodMs: 0, busyBytes: 10_000, busyMs: 1_000 }, 0);
  meter.report(9, from(2), { bytes: 1_000_000, periodMs: 0, busyBytes: 1_000_000, busyMs: 10 }, 0);
  assert.deepEqual(meter.tick(5_000), []);
  assert.equal(meter.uplinkBps(9), undefined);
});

test("a receiver that has said nothing for two periods counts no more", () => {
  const meter = new UplinkMeter();
  meter.report(9, from(1), busy(MBPS), 0);
  for (const nowMs of [5_000, 10_000, 15_000]) meter.report(9, from(2), busy(MBPS), nowMs);
  assert.deepEqual(meter.tick(15_000), [{ peer: 9, uplinkBps: MBPS }]);
});

test("only changes worth planning for are told", () => {
  const meter = new UplinkMeter();
  const told = (bps: number, nowMs: number): number => {
    meter.report(9, from(1), busy(bps), nowMs);
    return meter.tick(nowMs).length;
  };
  assert.deepEqual([told(MBPS, 5_000), told(1.05 * MBPS, 10_000), told(0.2 * MBPS, 15_000)], [1, 0, 1]);
});
