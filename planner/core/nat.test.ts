import assert from "node:assert/strict";
import { test } from "node:test";
import { COMMON_FACTS } from "../../testing/planner-model.ts";
import { canLink, groupOf, rememberUnlinkable } from "./nat.ts";
import type { NatKind, PeerFacts } from "./planner-ports.ts";
import type { Peer } from "./records.ts";
import { Roster } from "./roster.ts";

let next = 1;

function peer(facts: Partial<PeerFacts>): Peer {
  const made = new Roster(0).meet(next++, 0);
  made.facts = { ...COMMON_FACTS, ...facts };
  made.group = groupOf(made.facts);
  return made;
}

test("over IPv4 these kinds of NAT reach each other", () => {
  const kinds: NatKind[] = ["open", "cone", "unknown", "symmetric", "blocked"];
  const reached = kinds.map((one) => kinds.filter((other) => canLink(peer({ nat: one }), peer({ nat: other }))));
  assert.deepEqual(reached, [
    ["open", "cone", "unknown", "symmetric"],
    ["open", "cone", "unknown"],
    ["open", "cone", "unknown"],
    ["open"],
    [],
  ]);
});

test("two with IPv6 reach each other, one does not help", () => {
  assert.ok(canLink(peer({ nat: "symmetric", ipv6: true }), peer({ nat: "symmetric", ipv6: true })));
  assert.ok(!canLink(peer({ nat: "symmetric", ipv6: true }), peer({ nat: "cone", ipv6: false })));
});

test("inside one network all who have UDP reach each other", () => {
  const network = "192.0.2.1";
  assert.ok(canLink(peer({ nat: "symmetric", network }), peer({ nat: "symmetric", network })));
  assert.ok(!canLink(peer({ nat: "blocked", network }), peer({ nat: "open", network })));
  assert.ok(!canLink(peer({ nat: "symmetric", network: "" }), peer({ nat: "symmetric", network: "" })));
});

test("a pair that failed is remembered on both sides, the newest 64 of each peer", () => {
  const one = peer({});
  const others = Array.from({ length: 65 }, () => peer({}));
  for (const other of others) rememberUnlinkable(one, other);
  assert.deepEqual(
    others.map((other) => canLink(one, other)),
    others.map(() => false),
    "the other side remembers what the one forgot",
  );
  assert.equal(one.unlinkable.size, 64);
});

test("the origin keeps no list of those that failed to reach it", () => {
  const { origin } = new Roster(0);
  const viewer = peer({});
  rememberUnlinkable(viewer, origin);
  assert.equal(origin.unlinkable.size, 0);
  assert.ok(!canLink(origin, viewer));
});
