import assert from "node:assert/strict";
import { test } from "node:test";
import { planned, SWARM } from "../../testing/planner-model.ts";

test("the heir takes the leaver's place and keeps those who pass on below it", () => {
  const model = planned({ viewers: 80 });
  model.tick(120);
  const leaver = model.children(SWARM, 0)[0]?.peer ?? -1;
  const below = (peer: number): number[] =>
    model.children(SWARM, peer).flatMap((edge) => (edge.stripe === 0 ? edge.peer : []));
  const forwarders = new Map(
    below(leaver).map((peer) => [peer, below(peer).filter((child) => below(child).length > 0)]),
  );
  model.handle({ type: "gone", peer: leaver });
  const heir = model.children(SWARM, 0).find((edge) => edge.stripe === 0)?.peer ?? -1;
  const kept = forwarders.get(heir) ?? [];
  assert.ok(kept.length > 0);
  assert.deepEqual(
    kept.filter((child) => !below(heir).includes(child)),
    [],
  );
});

test("everybody is still fed after all who stand at the top have gone, one after another", () => {
  const model = planned({ viewers: 60 });
  for (let round = 0; round < 20; round += 1) {
    model.handle({ type: "gone", peer: model.children(SWARM, 0)[0]?.peer ?? 0 });
    model.tick();
  }
  for (const peer of model.peers(SWARM)) {
    for (const stripe of [0, 1, 2, 3])
      assert.ok(model.depth(SWARM, stripe, peer) !== undefined, `${peer} has ${stripe}`);
  }
});

test("a parent whose uplink is nearly full takes one of a leaver's children in its stead", () => {
  const model = planned({ viewers: 80 });
  model.tick(120);
  const below = (peer: number): number[] =>
    model.children(SWARM, peer).flatMap((edge) => (edge.stripe === 0 ? edge.peer : []));
  const parent = model.children(SWARM, 0)[0]?.peer ?? -1;
  model.handle({ type: "uplink", peer: parent, uplinkBps: (0.75e6 * below(parent).length) / 0.9 });
  const leaver = below(parent).find((peer) => below(peer).length > 1) ?? -1;
  const orphans = below(leaver);
  const before = below(parent);
  model.handle({ type: "gone", peer: leaver });
  const added = below(parent).filter((peer) => !before.includes(peer));
  assert.equal(added.length, 1);
  assert.ok(orphans.includes(added[0] ?? -1));
});
