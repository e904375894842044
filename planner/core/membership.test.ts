import assert from "node:assert/strict";
import { test } from "node:test";
import { planned, SWARM } from "../../testing/planner-model.ts";

test("two viewers are told nothing; the third's coming gives everybody all stripes", () => {
  const model = planned();
  assert.deepEqual([...model.join(SWARM, 1), ...model.join(SWARM, 2)], []);
  model.join(SWARM, 3);
  for (const peer of [1, 2, 3]) {
    const stripes = model.parents(SWARM, peer).map(({ stripe }) => stripe);
    assert.deepEqual(stripes, [0, 1, 2, 3]);
    for (const stripe of stripes) assert.ok(model.depth(SWARM, stripe, peer) !== undefined);
  }
});

test("when too few are left nobody has a part any more", () => {
  const model = planned();
  for (const peer of [1, 2, 3]) model.join(SWARM, peer);
  model.handle({ type: "leave", swarm: SWARM, peer: 2 });
  assert.deepEqual(model.edges(), []);
  assert.deepEqual(model.edgesFromBelow(), []);
});

test("joining twice, or leaving where one is not, changes nothing", () => {
  const model = planned({ viewers: 5 });
  assert.deepEqual(model.handle({ type: "join", swarm: SWARM, peer: 3 }), []);
  assert.deepEqual(model.handle({ type: "leave", swarm: SWARM, peer: 77 }), []);
  assert.deepEqual(model.handle({ type: "gone", peer: 77 }), []);
});

test("a newcomer changes little: its own part and its parents'", () => {
  const model = planned({ viewers: 60 });
  model.tick(60);
  const commands = model.join(SWARM, 61);
  assert.ok(commands.length <= 5, `${commands.length} commands`);
});

test("a leave costs only those next to it a new link, and leaves that make room for its children", () => {
  const model = planned({ viewers: 60 });
  model.tick(60);
  const before = model.edges();
  const leaver = model.children(SWARM, 0)[0]?.peer ?? 0;
  const orphans = new Set(model.children(SWARM, leaver).map(({ stripe, peer }) => `${stripe} ${peer}`));
  assert.ok(orphans.size > 3);
  model.handle({ type: "gone", peer: leaver });
  const parents = new Map(model.edges().map(({ stripe, parent, child }) => [`${stripe} ${child}`, parent]));
  for (const { stripe, parent, child } of before) {
    const now = parents.get(`${stripe} ${child}`);
    if (parent === leaver || child === leaver || now === parent) continue;
    assert.ok(orphans.has(`${stripe} ${now}`), `${child} moved from ${parent} to ${now}`);
  }
});

test("one uplink serves all the swarms its peer is in", () => {
  const model = planned();
  for (const peer of [1, 2, 3, 4, 5, 6]) {
    for (const swarm of [1, 2, 3]) model.join(swarm, peer, { uplinkBps: 6_000_000 });
  }
  model.tick(30);
  for (const peer of [1, 2, 3, 4, 5, 6]) {
    const sent = [1, 2, 3].flatMap((swarm) =>
      model.children(swarm, peer).map(() => 3_000_000 / (model.assignment(swarm, peer)?.stripes ?? 0)),
    );
    assert.ok(sent.reduce((sum, bps) => sum + bps, 0) <= 0.95 * 6_000_000);
  }
});
