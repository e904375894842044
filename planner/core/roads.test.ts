import assert from "node:assert/strict";
import { test } from "node:test";
import { planned, SWARM } from "../../testing/planner-model.ts";
import { latencyMs, rememberRoad } from "./roads.ts";
import { Roster } from "./roster.ts";

function strangers(count: number) {
  const roster = new Roster(20_000_000);
  return Array.from({ length: count }, (_, index) => roster.meet(index + 1, 0));
}

test("a road is as long as the least that was measured on it, from either end; one never measured is estimated", () => {
  const [one, two, three] = strangers(3);
  if (!one || !two || !three) return assert.fail();
  const unknownMs = latencyMs(one, two);
  rememberRoad(one, two, 90);
  rememberRoad(two, one, 80);
  rememberRoad(one, two, 300);
  assert.deepEqual([latencyMs(one, two), latencyMs(two, one), latencyMs(one, three)], [40, 40, unknownMs]);
});

test("of many roads the newest are remembered", () => {
  const [one, ...others] = strangers(100);
  if (!one) return assert.fail();
  for (const other of others) rememberRoad(one, other, 8);
  const known = others.filter((other) => latencyMs(one, other) === 4 && one.roads.has(other.id));
  assert.deepEqual([known.length, known[0]?.id], [64, 37]);
});

test("near parents are preferred where there is room below them", () => {
  const model = planned({ viewers: 40, facts: { uplinkBps: 40_000_000 } });
  model.tick(60);
  const before = model.peers(SWARM);
  const newcomers = Array.from({ length: 8 }, (_, index) => index + 41);
  let near = 0;
  for (const newcomer of newcomers) {
    model.learn(newcomer, { upload: false });
    for (const peer of before) {
      model.handle({ type: "rtt", peer: newcomer, other: peer, rttMs: peer % 2 === newcomer % 2 ? 4 : 800 });
    }
    model.handle({ type: "join", swarm: SWARM, peer: newcomer });
    near += model.parents(SWARM, newcomer).filter(({ peer }) => peer % 2 === newcomer % 2).length;
  }
  // By chance it is half of them.
  assert.ok(near >= (2 / 3) * 4 * newcomers.length, `${near} of ${4 * newcomers.length}`);
});
