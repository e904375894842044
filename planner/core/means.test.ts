import assert from "node:assert/strict";
import { test } from "node:test";
import { PlannerModel, planned, SWARM } from "../../testing/planner-model.ts";
import { seededRandom } from "../../testing/random.ts";
import { createPlanner } from "./planner.ts";

const RATE_BPS = 3_000_000;

/** What a strong peer sends, in bits a second, when nobody else of its swarm of eleven can. */
function sentByStrong(trusted: boolean): number {
  const model = planned({ uploadRatio: 1.5 });
  model.join(SWARM, 1, { uplinkBps: 200_000_000, trusted });
  for (let peer = 2; peer <= 11; peer += 1) model.join(SWARM, peer, { upload: false });
  model.tick(60);
  const { children, stripes } = model.assignment(SWARM, 1) ?? { children: [], stripes: 1 };
  return (children.length * RATE_BPS) / stripes;
}

test("a viewer is asked to send at most half again what it takes, however strong it is", () => {
  const sentBps = sentByStrong(false);
  assert.ok(sentBps > RATE_BPS / 2 && sentBps <= 1.5 * RATE_BPS, `${sentBps} bit/s`);
});

test("a friend's box is asked for what it can send", () => {
  assert.ok(sentByStrong(true) > 2 * RATE_BPS);
});

test("of equals those are put at the top whose earlier visits were long, before they have stayed on this one", () => {
  const roots: number[] = [];
  for (let seed = 1; seed <= 20; seed += 1) {
    const planner = createPlanner({
      random: seededRandom(seed),
      minViewers: 12,
      uploadRatio: Number.POSITIVE_INFINITY,
    });
    const model = new PlannerModel(planner);
    for (let peer = 1; peer <= 12; peer += 1) model.join(SWARM, peer, { stayMs: peer > 8 ? 600_000 : 0 });
    roots.push(...model.children(SWARM, 0).map(({ peer }) => peer));
  }
  const known = roots.filter((peer) => peer > 8).length;
  // A third of them would be by chance.
  assert.ok(known / roots.length > 0.6, `${known} of ${roots.length}`);
});
