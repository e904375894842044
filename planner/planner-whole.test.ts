// The server with the real planner behind it: what viewers hear fits together.
import assert from "node:assert/strict";
import { test } from "node:test";
import type { ServerSignal } from "../protocol/signal.ts";
import { part, plannerRig } from "../testing/planner-rig.ts";
import { seededRandom } from "../testing/random.ts";
import { createPlanner } from "./core/planner.ts";

type Assign = Extract<ServerSignal, { type: "assign" }>;

function newest(heard: readonly ServerSignal[]): Assign | undefined {
  return heard.findLast((signal): signal is Assign => signal.type === "assign");
}

test("every edge of the trees is known at both ends, and its ends may talk to each other", async () => {
  const rig = plannerRig(createPlanner({ random: seededRandom(4) }));
  const clients = await rig.members(12);
  for (const { session } of clients) rig.server.signal(session, { type: "means", means: { upload: true } });
  rig.server.setRate(7, 3_000_000);
  rig.clock.advance(20_000);
  const parts = new Map(clients.map(({ peer, heard }) => [peer, newest(heard)]));
  const origin = rig.originParts.at(-1) ?? part(7, 0, [], []);
  let edges = 0;
  for (const [peer, assigned] of parts) {
    assert.equal(assigned?.parents.length, assigned?.stripes, `viewer ${peer} has every stripe`);
    for (const { stripe, peer: parent } of assigned?.parents ?? []) {
      const children = parent === 0 ? origin.children : parts.get(parent)?.children;
      assert.ok(
        children?.some((child) => child.peer === peer && child.stripe === stripe),
        `${parent} to ${peer}`,
      );
      if (parent !== 0) edges += 1;
    }
  }
  assert.ok(edges > 12, `${edges} edges between viewers`);
  for (const { peer, session } of clients) {
    for (const { peer: child } of parts.get(peer)?.children ?? []) {
      rig.server.signal(session, { type: "peer", to: child, message: { kind: "failed", attempt: 1 } });
      const heard = clients.find((client) => client.peer === child)?.heard.at(-1);
      assert.deepEqual(heard, { type: "peer", from: peer, message: { kind: "failed", attempt: 1 } });
    }
  }
  assert.deepEqual(rig.faults, []);
});

test("when a parent is gone its children hear of other ones at once", async () => {
  const rig = plannerRig(createPlanner({ random: seededRandom(5) }));
  const clients = await rig.members(12);
  for (const { session } of clients) rig.server.signal(session, { type: "means", means: { upload: true } });
  rig.clock.advance(20_000);
  const parent = clients.find(({ heard }) => (newest(heard)?.children.length ?? 0) > 1);
  if (parent === undefined) return assert.fail("nobody has children");
  rig.server.signal(parent.session, { type: "bye" });
  for (const { peer, heard } of clients) {
    if (peer !== parent.peer) assert.ok(!newest(heard)?.parents.some((edge) => edge.peer === parent.peer));
  }
});
