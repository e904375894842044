// The parts together: members, intakes, gates and links, as origin and viewers run them.
import assert from "node:assert/strict";
import { test } from "node:test";
import { linkedSwarm, PARTS, PIECE_BYTES, PIECES } from "../../testing/linked-swarm.ts";

test("a stream reaches every viewer whole, and leaves the origin about once", async () => {
  const { peers, settle, publish, linkFaults } = linkedSwarm(3);
  for (const { self, joined } of peers) joined.member.assign(PARTS[self] ?? assert.fail());
  await settle(200);
  for (let segment = 0; segment < 8; segment++) {
    publish(segment);
    await settle(600);
    for (const { joined } of peers) {
      for (let piece = segment * PIECES; piece < (segment + 1) * PIECES; piece++) {
        assert.equal(joined.member.piece(piece)?.at(-1), piece & 255, `piece ${piece}`);
      }
    }
  }
  const streamBytes = 8 * PIECES * PIECE_BYTES;
  assert.ok((peers[0]?.sentBytes ?? 0) <= 1.05 * streamBytes, `${peers[0]?.sentBytes} of ${streamBytes}`);
  assert.deepEqual([linkFaults.flat(), peers.flatMap(({ faults }) => faults)], [[], []]);
});

test("when a parent falls silent its children's players have the rest from others in time", async () => {
  const { clock, peers, settle, publish } = linkedSwarm(3);
  for (const { self, joined } of peers) joined.member.assign(PARTS[self] ?? assert.fail());
  await settle(200);
  publish(0);
  await settle(500);
  for (const { joined, self } of peers) if (self !== 1) joined.member.removeLink(1);
  publish(1);
  await settle(100);
  for (const { joined } of peers.slice(2)) joined.member.need(PIECES, clock.nowMs() + 2_000);
  await settle(2_000);
  const held = [2, 3].map((self) => {
    const member = peers[self]?.joined.member;
    return Array.from({ length: PIECES }, (_, n) => member?.piece(PIECES + n)?.at(-1));
  });
  const all = Array.from({ length: PIECES }, (_, n) => PIECES + n);
  assert.deepEqual(held, [all, all]);
});
