import assert from "node:assert/strict";
import { test } from "node:test";
import { planned, SWARM } from "../../testing/planner-model.ts";

test("children that pass the stripe on come before those that do not", () => {
  const model = planned({ viewers: 60 });
  model.tick(60);
  for (const { peer } of model.children(SWARM, 0)) {
    const children = model.children(SWARM, peer);
    const passing = children.map((child) =>
      model.children(SWARM, child.peer).some(({ stripe }) => stripe === child.stripe),
    );
    assert.ok(passing.includes(true));
    assert.ok(passing.lastIndexOf(true) < children.length - 1);
    assert.equal(passing.indexOf(false), passing.filter(Boolean).length);
  }
});

test("the same events and the same chance make the same plan", () => {
  const [one, other] = [planned({ viewers: 50, seed: 7 }), planned({ viewers: 50, seed: 7 })];
  one.tick(20);
  other.tick(20);
  assert.deepEqual(one.edges(), other.edges());
});
