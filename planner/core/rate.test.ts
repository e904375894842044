import assert from "node:assert/strict";
import { test } from "node:test";
import { planned, SWARM } from "../../testing/planner-model.ts";

test("a stream that takes more of uplinks is cut finer, and all are fed again", () => {
  const model = planned({ viewers: 20 });
  model.handle({ type: "rate", swarm: SWARM, rateBps: 6_500_000 });
  for (const peer of model.peers(SWARM)) {
    assert.equal(model.assignment(SWARM, peer)?.stripes, 8);
    assert.deepEqual(
      model.parents(SWARM, peer).map(({ stripe }) => stripe),
      [0, 1, 2, 3, 4, 5, 6, 7],
    );
  }
});

test("a higher rate leaves each with as many children as it can bear", () => {
  const model = planned({ viewers: 20 });
  model.tick(20);
  model.handle({ type: "rate", swarm: SWARM, rateBps: 4_500_000 });
  for (const peer of model.peers(SWARM)) assert.ok(model.children(SWARM, peer).length <= 8);
});

test("nearly the same rate changes nothing", () => {
  const model = planned({ viewers: 20 });
  assert.deepEqual(model.handle({ type: "rate", swarm: SWARM, rateBps: 3_200_000 }), []);
});

test("a rate told before anybody came is not forgotten", () => {
  const model = planned();
  model.handle({ type: "rate", swarm: SWARM, rateBps: 12_000_000 });
  for (const peer of [1, 2, 3]) model.join(SWARM, peer);
  assert.equal(model.assignment(SWARM, 1)?.stripes, 8);
});

test("cutting finer splits each tree in two: hardly anybody needs a new link", () => {
  const links = (): string[] => [...new Set(model.edges().map(({ parent, child }) => `${parent} ${child}`))];
  const model = planned({ viewers: 40 });
  for (let peer = 1; peer <= 40; peer += 1) model.handle({ type: "uplink", peer, uplinkBps: 4_800_000 });
  model.tick(8);
  const stripes = model.assignment(SWARM, 1)?.stripes;
  const before = links();
  model.tick(2);
  assert.deepEqual([stripes, model.assignment(SWARM, 1)?.stripes], [4, 8]);
  const after = new Set(links());
  const cut = before.filter((link) => !after.has(link));
  assert.ok(cut.length <= before.length / 20, `${cut.length} of ${before.length} links were cut`);
});

test("supply that is plenty again is cut coarser, and all are fed again", () => {
  const model = planned({ viewers: 20 });
  model.handle({ type: "rate", swarm: SWARM, rateBps: 6_500_000 });
  model.handle({ type: "rate", swarm: SWARM, rateBps: 2_000_000 });
  for (const peer of model.peers(SWARM)) {
    assert.equal(model.assignment(SWARM, peer)?.stripes, 4);
    for (const stripe of [0, 1, 2, 3]) assert.ok(model.depth(SWARM, stripe, peer) !== undefined);
  }
});
