import assert from "node:assert/strict";
import { test } from "node:test";
import { parseClientSignal } from "../../../protocol/client-signal.ts";
import { reportOf } from "./report.ts";

const tally = (peer: number, more = {}) => ({
  peer,
  bytes: peer,
  busyBytes: 7,
  busyMs: 1.6,
  missed: 0,
  corrupt: 0,
  ...more,
});

test("a report says what came of a peer and leaves out what there is nothing to say of", () => {
  assert.deepEqual(
    reportOf([tally(4)], () => undefined),
    [{ peer: 4, bytes: 4, busyBytes: 7, busyMs: 2 }],
  );
  assert.deepEqual(
    reportOf([tally(4, { missed: 2, corrupt: 1 })], () => 70_000),
    [{ peer: 4, bytes: 4, busyBytes: 7, busyMs: 2, rttMs: 60_000, missed: 2, corrupt: 1 }],
  );
});

test("it is one the planner takes, however many peers there were, and names liars before all others", () => {
  const many = Array.from({ length: 50 }, (_, peer) => tally(peer, peer === 1 ? { corrupt: 1 } : {}));
  const peers = reportOf(many, () => 12.5);
  assert.equal(peers[0]?.peer, 1);
  assert.equal(peers.length, 20);
  assert.ok(parseClientSignal(JSON.stringify({ type: "report", swarm: 5, peers })));
});
