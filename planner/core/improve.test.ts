import assert from "node:assert/strict";
import { test } from "node:test";
import { type PlannerModel, planned, SWARM } from "../../testing/planner-model.ts";

/** Mean depth of those of these peers that pass a stripe on, in that stripe's tree. */
function meanDepth(model: PlannerModel, peers: readonly number[]): number {
  const depths = peers.flatMap((peer) =>
    [...new Set(model.children(SWARM, peer).map(({ stripe }) => stripe))].map(
      (stripe) => model.depth(SWARM, stripe, peer) ?? Number.NaN,
    ),
  );
  return depths.reduce((sum, depth) => sum + depth, 0) / depths.length;
}

test("the strong come to stand nearer the root than the weak, whoever came first", () => {
  const model = planned();
  const weak = Array.from({ length: 60 }, (_, index) => index + 1);
  const strong = Array.from({ length: 20 }, (_, index) => index + 61);
  for (const peer of weak) model.join(SWARM, peer, { uplinkBps: 4_000_000 });
  for (const peer of strong) model.join(SWARM, peer, { uplinkBps: 40_000_000 });
  model.tick(240);
  for (const { peer } of model.children(SWARM, 0)) assert.ok(peer > 60, `peer ${peer} at the top is strong`);
  assert.ok(meanDepth(model, strong) < 2);
  assert.ok(!(meanDepth(model, weak) < 2.5));
});

test("a thousand viewers stand at most seven links from the origin", () => {
  const model = planned({ viewers: 1_000 });
  model.tick(120);
  const depths = model
    .peers(SWARM)
    .flatMap((peer) => [0, 1, 2, 3].map((stripe) => model.depth(SWARM, stripe, peer) ?? Number.NaN));
  assert.ok(Math.max(...depths) <= 7, `${Math.max(...depths)} links`);
});

test("each passes on one stripe where there are enough to pass on", () => {
  const model = planned({ viewers: 12 });
  model.tick(60);
  for (const peer of model.peers(SWARM)) {
    assert.ok(new Set(model.children(SWARM, peer).map(({ stripe }) => stripe)).size <= 1);
    assert.ok(new Set(model.parents(SWARM, peer).map((edge) => edge.peer)).size >= 3);
  }
});

test("there are doors open for newcomers: after a pause they need nobody to be moved", () => {
  const model = planned({ viewers: 100 });
  model.tick(60);
  const before = model.edges().map((edge) => JSON.stringify(edge));
  model.join(SWARM, 101);
  const after = new Set(model.edges().map((edge) => JSON.stringify(edge)));
  assert.deepEqual(
    before.filter((edge) => !after.has(edge)),
    [],
  );
});

test("a swarm that nothing happens to comes to rest", () => {
  for (const viewers of [3, 10, 100]) {
    const model = planned({ viewers });
    model.tick(400);
    let commands = 0;
    for (let second = 0; second < 60; second += 1) commands += model.handle({ type: "tick" }).length;
    assert.ok(commands <= viewers / 10, `${commands} commands a minute to ${viewers}`);
  }
});
