import assert from "node:assert/strict";
import { test } from "node:test";
import { planned, SWARM } from "../../testing/planner-model.ts";

/** The viewer that sends the most, and to how many. */
function busiest(model: ReturnType<typeof planned>): number {
  const peers = model.peers(SWARM);
  return peers.reduce((a, b) => (model.children(SWARM, b).length > model.children(SWARM, a).length ? b : a));
}

test("who wants to download only has no children, from the start or from the moment it says so", () => {
  const model = planned();
  for (let peer = 1; peer <= 30; peer += 1) model.join(SWARM, peer, { upload: peer % 3 !== 0 });
  const changed = busiest(model);
  model.learn(changed, { upload: false });
  for (let second = 0; second < 60; second += 1) {
    model.tick();
    for (const peer of [3, 6, 9, 30, changed]) assert.deepEqual(model.children(SWARM, peer), []);
  }
  assert.equal(model.parents(SWARM, changed).length, 4);
});

test("a proved liar loses its children and is fed like anybody else", () => {
  const model = planned({ viewers: 30 });
  model.tick(30);
  const liar = busiest(model);
  model.handle({ type: "reputation", peer: liar, reputation: 0.1 });
  model.tick(30);
  assert.deepEqual(model.children(SWARM, liar), []);
  assert.equal(model.parents(SWARM, liar).length, 4);
});

test("a doubtful peer is asked for less, by as much as it is doubted", () => {
  const model = planned({ viewers: 30, facts: { uplinkBps: 10_000_000 } });
  model.tick(30);
  const doubted = busiest(model);
  assert.ok(model.children(SWARM, doubted).length > 5);
  model.handle({ type: "reputation", peer: doubted, reputation: 0.4 });
  // 0.95 × 0.4 × 10 Mbit/s are five stripes of 0.75 Mbit/s.
  assert.ok(model.children(SWARM, doubted).length <= 5);
  assert.ok(model.children(SWARM, doubted).length > 0);
});

test("an uplink that turns out thinner is relieved at once, and by no more than needed", () => {
  const model = planned({ viewers: 30 });
  model.tick(30);
  const thin = busiest(model);
  const before = model.children(SWARM, thin);
  model.handle({ type: "uplink", peer: thin, uplinkBps: 4_000_000 });
  assert.equal(model.children(SWARM, thin).length, 5);
  for (const peer of model.peers(SWARM)) assert.equal(model.parents(SWARM, peer).length, 4, `${peer} is fed`);
  for (const edge of model.children(SWARM, thin)) {
    assert.ok(before.some((old) => old.stripe === edge.stripe && old.peer === edge.peer));
  }
});

test("two that cannot link are parted and never proposed to each other again", () => {
  const model = planned({ viewers: 12 });
  model.tick(10);
  const parent = busiest(model);
  const child = model.children(SWARM, parent)[0]?.peer ?? 0;
  model.handle({ type: "unlinkable", peer: child, other: parent });
  for (let second = 0; second < 120; second += 1) {
    const pair = model
      .edges()
      .filter((edge) => [edge.parent, edge.child].every((peer) => [parent, child].includes(peer)));
    assert.deepEqual(pair, []);
    assert.equal(model.parents(SWARM, child).length, 4);
    model.tick();
  }
});

test("a NAT that turns out to be of another kind costs the links that it cannot have", () => {
  const model = planned({ viewers: 12 });
  const parent = busiest(model);
  model.learn(parent, { nat: "symmetric" });
  assert.deepEqual(model.children(SWARM, parent), []);
  assert.ok(model.parents(SWARM, parent).every(({ peer }) => peer === 0));
});
