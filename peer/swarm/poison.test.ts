// Each kind of lie by itself, told by the parent of half a swarm to everybody it sends to, with the shipped members, intakes and links.
import assert from "node:assert/strict";
import { test } from "node:test";
import { Reputations } from "../../planner/reputations.ts";
import { isSwarmFrame } from "../../protocol/swarm-frame.ts";
import { linkedSwarm, PARTS, PIECES, type Spoil } from "../../testing/linked-swarm.ts";
import { POISON_KINDS, type Poison } from "../../testing/poison-kinds.ts";

const LIAR = 1;
const PIECE_FRAME = 11;
const SEGMENTS = 8;
const SEGMENT_MS = 2_000;
/** While the newest segments are whole so soon, players are sent to the swarm: see docs/SWARM.md. */
const IN_TIME_MS = 1_650;
const STEP_MS = 50;

for (const [how, poison] of Object.entries(POISON_KINDS)) {
  test(`a parent that sends ${how}: no wrong byte, nobody waits, and it is thought less of`, async (t) => {
    const { peers, settle, publish, clock } = linkedSwarm(3, spoiling(poison));
    for (const { self, joined } of peers) joined.member.assign(PARTS[self] ?? assert.fail());
    const honest = peers.filter(({ self }) => self > LIAR);
    const reputations = new Reputations();
    let slowestMs = 0;
    await settle(200);
    for (let segment = 0; segment < SEGMENTS; segment += 1) {
      publish(segment);
      const startMs = clock.nowMs();
      await settle(STEP_MS);
      for (const { joined } of honest) joined.member.need(segment * PIECES, startMs + IN_TIME_MS);
      let wholeMs = Number.POSITIVE_INFINITY;
      while (clock.nowMs() < startMs + SEGMENT_MS) {
        await settle(STEP_MS);
        if (honest.every(({ joined }) => holdsAll(joined.member, segment))) wholeMs = Math.min(wholeMs, clock.nowMs());
      }
      slowestMs = Math.max(slowestMs, wholeMs - startMs);
      assert.ok(wholeMs - startMs <= IN_TIME_MS, `segment ${segment} is whole after ${wholeMs - startMs} ms`);
      for (const { self, joined, corrupt } of honest) {
        const count = corrupt.splice(0).length;
        const tallies = joined.member.takeTally();
        for (const { peer, bytes, missed } of tallies)
          reputations.report(peer, self, String(self), { bytes, missed, corrupt: 0 }, clock.nowMs());
        if (count > 0)
          reputations.report(LIAR, self, String(self), { bytes: 0, missed: 0, corrupt: count }, clock.nowMs());
      }
    }
    const [liar = 1, ...others] = peers.slice(LIAR).map(({ self }) => reputations.reputation(self));
    t.diagnostic(`whole after ${slowestMs} ms at most; reputation ${liar.toFixed(2)}, the others' ${others.join(" ")}`);
    assert.ok(liar < Math.min(...others));
  });
}

/** True if the segment is held whole; throws if one of its bytes is another than the origin's. */
function holdsAll(member: { piece(piece: number): Uint8Array | undefined }, segment: number): boolean {
  let isWhole = true;
  for (let piece = segment * PIECES; piece < (segment + 1) * PIECES; piece += 1) {
    const bytes = member.piece(piece);
    isWhole &&= bytes !== undefined;
    assert.ok(bytes?.every((byte) => byte === (piece & 255)) !== false, `piece ${piece}`);
  }
  return isWhole;
}

/** Every frame of the liar's pieces is spoilt. */
function spoiling(poison: Poison): Spoil {
  let older = new Uint8Array(new ArrayBuffer(0));
  return (from, bytes) => {
    if (from !== LIAR || !isSwarmFrame(bytes) || bytes[0] !== PIECE_FRAME) return [bytes];
    const sent = poison(bytes.slice(), older);
    older = bytes.slice();
    return sent;
  };
}
