import assert from "node:assert/strict";
import { test } from "node:test";
import { planned, SWARM } from "../../testing/planner-model.ts";

test("who can be served by one peer alone gets a slot there that another can do without", () => {
  const model = planned();
  // 1 alone feeds the first few: the strong one comes later.
  model.join(SWARM, 1, { ipv6: true, uplinkBps: 8_000_000 });
  for (const peer of [2, 3]) model.join(SWARM, peer, { upload: false });
  assert.equal(model.children(SWARM, 1).length, 8, "its slots are taken");
  model.join(SWARM, 4, { uplinkBps: 50_000_000 });
  model.join(SWARM, 20, { nat: "symmetric", ipv6: true, upload: false });
  assert.deepEqual(
    model.parents(SWARM, 20).map(({ peer }) => peer),
    [1, 1, 1, 1],
  );
  for (let peer = 1; peer <= 4; peer += 1)
    assert.equal(model.parents(SWARM, peer).length, 4, `${peer} has its parents`);
  assert.equal(model.children(SWARM, 0).length, 4, "and the origin sends one copy");
});

test("for whom there is no room anywhere the origin makes up, when two seconds have not helped", () => {
  const model = planned();
  model.join(SWARM, 1, { uplinkBps: 3_000_000 });
  for (let peer = 2; peer <= 5; peer += 1) model.join(SWARM, peer, { upload: false });
  const without = (): number => [2, 3, 4, 5].filter((peer) => model.parents(SWARM, peer).length < 4).length;
  model.tick(1);
  assert.ok(without() > 0, "one peer cannot serve four");
  assert.equal(model.children(SWARM, 0).length, 4);
  model.tick(2);
  assert.equal(without(), 0);
});
