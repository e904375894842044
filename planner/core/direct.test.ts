import assert from "node:assert/strict";
import { test } from "node:test";
import { PlannerModel, SWARM } from "../../testing/planner-model.ts";
import { seededRandom } from "../../testing/random.ts";
import { createPlanner } from "./planner.ts";

function originFirst(viewers: number): PlannerModel {
  const model = new PlannerModel(createPlanner({ random: seededRandom(1), serve: "origin-first" }));
  for (let peer = 1; peer <= viewers; peer += 1) model.join(SWARM, peer);
  return model;
}

/** Viewers that have nothing from anybody but the origin. */
function direct(model: PlannerModel): number {
  return model.peers(SWARM).filter((peer) => model.parents(SWARM, peer).every((edge) => edge.peer === 0)).length;
}

test("while the origin has room nobody uploads", () => {
  const model = originFirst(4);
  model.tick(60);
  assert.deepEqual(
    model.edges().filter(({ parent }) => parent !== 0),
    [],
  );
});

test("the fifth viewer of 3 Mbit/s at 20 Mbit/s is served by the others, and all are fed", () => {
  const model = originFirst(30);
  model.tick(60);
  assert.ok(model.children(SWARM, 0).length <= 0.85 * (20 / 0.75));
  for (const peer of model.peers(SWARM)) {
    for (const stripe of [0, 1, 2, 3]) assert.ok(model.depth(SWARM, stripe, peer) !== undefined);
  }
});

test("an uplink that others use too hands viewers over, one a second at most", () => {
  const model = originFirst(4);
  model.tick(30);
  model.handle({ type: "uplink", peer: 0, uplinkBps: 13_000_000 });
  const counts = Array.from({ length: 20 }, () => {
    model.tick();
    return direct(model);
  });
  assert.ok((counts.at(-1) ?? 4) < 4);
  counts.reduce((before, now) => {
    assert.ok(before - now <= 1);
    return now;
  }, 4);
});

test("room that comes back takes viewers back", () => {
  const model = originFirst(8);
  model.tick(30);
  const before = direct(model);
  model.handle({ type: "uplink", peer: 0, uplinkBps: 100_000_000 });
  model.tick(60);
  assert.equal(before < 8, true);
  assert.equal(direct(model), 8);
});
