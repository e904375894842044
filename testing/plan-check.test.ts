// Rules that no planner of ours breaks alone: one that made a cycle would not come back, and links run out last.
import assert from "node:assert/strict";
import { test } from "node:test";
import type { PlannerCommand } from "../planner/core/planner-ports.ts";
import { PlanCheck } from "./plan-check.ts";
import { COMMON_FACTS } from "./planner-model.ts";

type Edge = readonly [parent: number, child: number, stripe: number];

/** Judges a plan of swarm 1 made of these edges, everybody's uplink being without end. */
function judge(viewers: number, edges: readonly Edge[]): void {
  const check = new PlanCheck();
  for (let peer = 1; peer <= viewers; peer += 1) {
    check.step({ type: "peer", peer, facts: { ...COMMON_FACTS, uplinkBps: Number.POSITIVE_INFINITY } }, []);
    check.step({ type: "join", swarm: 1, peer }, []);
  }
  const commands = Array.from({ length: viewers + 1 }, (_, peer): PlannerCommand => {
    const parents = edges.filter(([, child]) => child === peer).map(([parent, , stripe]) => ({ stripe, peer: parent }));
    const children = edges.filter(([parent]) => parent === peer).map(([, child, stripe]) => ({ stripe, peer: child }));
    return { type: "assign", swarm: 1, peer, stripes: 4, parents, children };
  });
  check.step({ type: "tick" }, commands);
}

test("a chain from the origin is a plan, and a cycle is none", () => {
  judge(3, [
    [0, 1, 0],
    [1, 2, 0],
    [2, 3, 0],
  ]);
  const cycle: readonly Edge[] = [
    [3, 1, 0],
    [1, 2, 0],
    [2, 3, 0],
  ];
  assert.throws(() => judge(3, cycle), /a cycle/);
});

test("nobody has twenty others to be linked to", () => {
  const links = (parents: number): Edge[] => [
    ...Array.from({ length: parents }, (_, at): Edge => [at + 2, 1, at]),
    ...Array.from({ length: 12 }, (_, at): Edge => [1, at + 20, 0]),
  ];
  judge(32, links(7));
  assert.throws(() => judge(32, links(8)), /20 links/);
});
