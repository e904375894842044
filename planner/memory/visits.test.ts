// What one visit teaches counts for the next one of the same browser: for one at a time, and nobody gains by forgetting who it was.
import assert from "node:assert/strict";
import { test } from "node:test";
import { VisitorMemory } from "./visitor-memory.ts";
import { visitorKey } from "./visitor-record.ts";
import { type Known, Visits } from "./visits.ts";

const ANN = "a".repeat(32);
const BOB = "b".repeat(32);
const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;
const NEW: Known = { reputation: 1, uplinkBps: undefined, stayMs: 0 };

/** Visits whose time, reputations and uplinks are the test's to say. */
class Rig {
  readonly memory = new VisitorMemory(() => {
    this.puts += 1;
  });
  readonly reputations = new Map<number, number>();
  readonly uplinks = new Map<number, number>();
  nowMs = 1_700_000_000_000;
  puts = 0;
  readonly visits = new Visits({
    memory: this.memory,
    originMs: () => this.nowMs,
    reputation: (peer) => this.reputations.get(peer) ?? 1,
    uplinkBps: (peer) => this.uplinks.get(peer),
  });

  begin(peer: number, visitor?: string, network = `198.51.100.${peer}`): Known | undefined {
    const known = this.visits.begin({ peer, network, visitor });
    if (known !== undefined) this.reputations.set(peer, known.reputation);
    return known;
  }

  of(visitor: string) {
    return this.memory.of(visitorKey(visitor), this.nowMs);
  }
}

test("uplink, longevity and reputation of one visit count for the next", () => {
  const rig = new Rig();
  assert.deepEqual(rig.begin(1, ANN), NEW);
  rig.uplinks.set(1, 8_000_000);
  rig.reputations.set(1, 0.8);
  rig.nowMs += 30 * MINUTE_MS;
  rig.visits.end(1);
  assert.deepEqual(rig.begin(2, ANN), { reputation: 0.8, uplinkBps: 8_000_000, stayMs: 30 * MINUTE_MS });
  assert.deepEqual(rig.begin(3, BOB), NEW);
});

test("what is known at any moment of a visit is kept at that moment", () => {
  const rig = new Rig();
  rig.begin(1, ANN);
  rig.uplinks.set(1, 8_000_000);
  rig.nowMs += 10 * MINUTE_MS;
  rig.visits.keepAll();
  assert.deepEqual(rig.of(ANN), {
    key: visitorKey(ANN),
    reputation: 1,
    uplinkBps: 8_000_000,
    stayMs: 10 * MINUTE_MS,
    seenMs: rig.nowMs,
  });
});

test("nothing is kept of who says nothing of itself, nor of whom nobody has had anything", () => {
  const rig = new Rig();
  rig.begin(1);
  rig.begin(2, BOB);
  rig.uplinks.set(1, 8_000_000);
  rig.nowMs += 10 * MINUTE_MS;
  rig.visits.end(1);
  rig.visits.end(2);
  assert.equal(rig.puts, 0);
});

test("a long visit that changes little is a few lines, not one each time somebody looks", () => {
  const rig = new Rig();
  rig.begin(1, ANN);
  for (let second = 0; second < 7_200; second += 5) {
    rig.nowMs += 5_000;
    rig.uplinks.set(1, 8_000_000 + (second % 2) * 1_000_000);
    rig.visits.keepAll();
  }
  assert.ok(rig.puts < 40, `${rig.puts} lines in two hours`);
  assert.ok((rig.of(ANN)?.stayMs ?? 0) > 90 * MINUTE_MS);
});

test("a glance costs no longevity, short visits alone do not make it, and a longer one raises it", () => {
  const rig = new Rig();
  let peer = 0;
  const visit = (lengthMs: number): number => {
    peer += 1;
    rig.begin(peer, ANN);
    rig.uplinks.set(peer, 8_000_000);
    rig.nowMs += lengthMs;
    rig.visits.end(peer);
    return rig.of(ANN)?.stayMs ?? 0;
  };
  for (let n = 0; n < 20; n += 1) assert.ok(visit(10_000) <= 12_500);
  assert.ok(visit(60 * MINUTE_MS) > 55 * MINUTE_MS);
  for (let n = 0; n < 10; n += 1) assert.ok(visit(10_000) > 45 * MINUTE_MS);
});

test("an uplink counts for the next visit, and for the one after if it was measured again", () => {
  const rig = new Rig();
  rig.begin(1, ANN);
  rig.uplinks.set(1, 300_000);
  rig.visits.end(1);
  assert.equal(rig.begin(2, ANN)?.uplinkBps, 300_000);
  rig.visits.keepAll();
  assert.equal(rig.of(ANN)?.uplinkBps, 300_000);
  rig.visits.end(2);
  assert.equal(rig.begin(3, ANN)?.uplinkBps, undefined);
});

test("one name counts for one visit at a time, the newest", () => {
  const rig = new Rig();
  rig.begin(1, ANN);
  rig.uplinks.set(1, 8_000_000);
  rig.nowMs += 10 * MINUTE_MS;
  assert.equal(rig.begin(2, ANN)?.uplinkBps, 8_000_000);
  rig.uplinks.set(1, 90_000_000);
  rig.nowMs += 10 * MINUTE_MS;
  rig.visits.end(1);
  assert.equal(rig.of(ANN)?.uplinkBps, 8_000_000);
  rig.uplinks.set(2, 4_000_000);
  rig.visits.end(2);
  assert.equal(rig.of(ANN)?.uplinkBps, 4_000_000);
});

test("a visit begins once, whatever is said later", () => {
  const rig = new Rig();
  rig.begin(1);
  assert.equal(rig.begin(1, ANN), undefined);
  rig.uplinks.set(1, 8_000_000);
  rig.visits.end(1);
  assert.equal(rig.of(ANN), undefined);
});

test("a bad name fades by half in a day away, a ban does not", () => {
  const rig = new Rig();
  rig.begin(1, ANN);
  rig.begin(2, BOB);
  rig.reputations.set(1, 0.4).set(2, 0);
  rig.visits.end(1);
  rig.visits.end(2);
  rig.nowMs += DAY_MS;
  assert.equal(rig.begin(3, ANN)?.reputation, 0.7);
  rig.nowMs += 28 * DAY_MS;
  assert.equal(rig.begin(4, BOB)?.reputation, 0);
  rig.visits.end(4);
  rig.nowMs += 31 * DAY_MS;
  assert.equal(rig.begin(5, BOB)?.reputation, 1);
});

test("who was banned and forgets who it was is asked for nothing from the same address, for a day", () => {
  const rig = new Rig();
  rig.begin(1, ANN, "203.0.113.7");
  rig.reputations.set(1, 0);
  rig.visits.keep(1);
  rig.visits.end(1);
  assert.equal(rig.begin(2, BOB, "203.0.113.7")?.reputation, 0.1);
  assert.equal(rig.begin(3, undefined, "203.0.113.7")?.reputation, 0.1);
  assert.equal(rig.begin(4, undefined, "203.0.113.8")?.reputation, 1);
  rig.nowMs += DAY_MS;
  rig.visits.keepAll();
  assert.equal(rig.begin(5, undefined, "203.0.113.7")?.reputation, 1);
});

test("who came with a good name keeps it, whatever a neighbour at the same address did", () => {
  const rig = new Rig();
  rig.begin(1, ANN, "203.0.113.7");
  rig.uplinks.set(1, 8_000_000);
  rig.visits.end(1);
  rig.begin(2, BOB, "203.0.113.7");
  rig.reputations.set(2, 0);
  rig.visits.end(2);
  assert.equal(rig.begin(3, ANN, "203.0.113.7")?.reputation, 1);
});

test("who began low because of its neighbours has no bad name of its own", () => {
  const rig = new Rig();
  rig.begin(1, ANN, "203.0.113.7");
  rig.reputations.set(1, 0);
  rig.visits.end(1);
  rig.begin(2, BOB, "203.0.113.7");
  rig.visits.end(2);
  assert.equal(rig.of(BOB), undefined);
});

test("where everybody has the same address it says nothing of anybody", () => {
  const rig = new Rig();
  rig.begin(1, ANN, "own");
  rig.reputations.set(1, 0);
  rig.visits.end(1);
  assert.equal(rig.begin(2, BOB, "own")?.reputation, 1);
});
