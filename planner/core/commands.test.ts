import assert from "node:assert/strict";
import { test } from "node:test";
import { planned, SWARM } from "../../testing/planner-model.ts";

test("children that pass the stripe on come before those that do not", () => {
  const model = planned({ viewers: 60 });
  model.tick(60);
  const mixed = model.peers(SWARM).filter((peer) => {
    const children = model.children(SWARM, peer);
    const passing = children.map((child) =>
      model.children(SWARM, child.peer).some(({ stripe }) => stripe === child.stripe),
    );
    assert.ok(!passing.slice(passing.indexOf(false)).includes(true) || !passing.includes(false), `${peer}: ${passing}`);
    return passing.includes(true) && passing.includes(false);
  });
  assert.ok(mixed.length > 0);
});

test("the same events and the same chance make the same plan", () => {
  const [one, other] = [planned({ viewers: 50, seed: 7 }), planned({ viewers: 50, seed: 7 })];
  one.tick(20);
  other.tick(20);
  assert.deepEqual(one.edges(), other.edges());
});
