import assert from "node:assert/strict";
import { test } from "node:test";
import { planned, SWARM } from "../../testing/planner-model.ts";

test("the origin sends each stripe once, however many there are", () => {
  const model = planned({ viewers: 200 });
  assert.deepEqual(
    model.children(SWARM, 0).map(({ stripe }) => stripe),
    [0, 1, 2, 3],
  );
});

test("whom nobody can reach hangs from the origin until somebody can", () => {
  const model = planned({ viewers: 8 });
  model.join(SWARM, 9, { nat: "symmetric" });
  assert.deepEqual(new Set(model.parents(SWARM, 9).map(({ peer }) => peer)), new Set([0]));
  model.join(SWARM, 10, { nat: "open" });
  model.tick(10);
  assert.deepEqual(new Set(model.parents(SWARM, 9).map(({ peer }) => peer)), new Set([10]));
  assert.equal(model.children(SWARM, 0).length, 4);
});

test("an open peer's slots go to those whom only it can reach", () => {
  const model = planned();
  model.join(SWARM, 1, { nat: "open", uplinkBps: 12_000_000 });
  for (let peer = 2; peer <= 30; peer += 1) model.join(SWARM, peer);
  for (const peer of [31, 32]) model.join(SWARM, peer, { nat: "symmetric", upload: false });
  model.tick(20);
  assert.deepEqual(
    new Set([31, 32].flatMap((peer) => model.parents(SWARM, peer).map((edge) => edge.peer))),
    new Set([1]),
  );
});

test("who has no UDP is given nothing to link to, and nothing to wait for", () => {
  const model = planned({ viewers: 8 });
  assert.deepEqual(model.join(SWARM, 9, { nat: "blocked" }), []);
  model.tick(10);
  assert.deepEqual(
    model.edges().filter((edge) => edge.parent === 9 || edge.child === 9),
    [],
  );
});

test("the origin takes no more than its uplink bears beyond one copy", () => {
  const model = planned();
  for (let peer = 1; peer <= 30; peer += 1) model.join(SWARM, peer, { nat: "symmetric" });
  // Three quarters of 20 Mbit/s are twenty stripes of 0.75.
  assert.equal(model.children(SWARM, 0).length, 20);
  model.handle({ type: "uplink", peer: 0, uplinkBps: 5_000_000 });
  assert.equal(model.children(SWARM, 0).length, 6);
});

test("two behind one address serve each other whatever their NAT", () => {
  const model = planned({ viewers: 6 });
  const house = { nat: "symmetric", network: "192.0.2.7" } as const;
  model.join(SWARM, 7, house);
  model.join(SWARM, 8, house);
  model.tick(30);
  const between = model.edges().filter(({ parent, child }) => parent + child === 15 && parent * child === 56);
  assert.ok(between.length > 0);
});
