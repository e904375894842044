// The parts together: members, intakes, gates and links, as origin and viewers run them.
import assert from "node:assert/strict";
import { test } from "node:test";
import { decodeManifest } from "../../protocol/manifest.ts";
import { TestClock } from "../../testing/clock.ts";
import { linkPair } from "../../testing/link-pair.ts";
import { OriginSigner } from "../../testing/origin-signer.ts";
import { seededRandom } from "../../testing/random.ts";
import { JoinedSwarm } from "./joined-swarm.ts";
import { LinkSwarms } from "./link-swarms.ts";
import { createSwarmMember } from "./member.ts";
import type { Assignment } from "./member-ports.ts";
import { SwarmGate } from "./swarm-gate.ts";
import { SwarmIntake } from "./swarm-intake.ts";

const SWARM = 7;
const PIECE_BYTES = 16_384;
const PIECES = 8;

/** One peer: its member and what stands around it. */
class Peer {
  readonly self: number;
  readonly faults: string[] = [];
  readonly corrupt: string[] = [];
  readonly #clock: TestClock;
  readonly #origin: OriginSigner;
  readonly joined: JoinedSwarm;
  sentBytes = 0;

  constructor(self: number, clock: TestClock, origin: OriginSigner) {
    this.self = self;
    this.#clock = clock;
    this.#origin = origin;
    const onFault = (peer: number, fault: string): void => void this.faults.push(`${self}: ${peer} ${fault}`);
    const member = createSwarmMember({ self, swarm: SWARM, clock, random: seededRandom(self), onFault });
    const { verify, digest } = origin;
    const onCorrupt = (peer: number, piece: number): void => void this.corrupt.push(`${peer} ${piece}`);
    const intake = new SwarmIntake({ swarm: SWARM, member, verify, digest, onOriginTime: () => {}, onCorrupt });
    const ticket = origin.ticket({ swarm: SWARM, peer: self, expiresMs: 1_000_000 });
    this.joined = new JoinedSwarm({ swarm: SWARM, member, ...(self === 0 ? {} : { intake, ticket }) });
  }

  /** What stands at this end of a link to that peer. */
  towards(peer: number): LinkSwarms {
    const [clock, verify] = [this.#clock, this.#origin.verify];
    const gate = peer === 0 ? {} : { gate: new SwarmGate({ clock, peer, verify, originMs: () => clock.nowMs() }) };
    return new LinkSwarms({
      clock,
      peer,
      ...gate,
      onFault: (fault) => this.faults.push(`${this.self}: ${peer} ${fault}`),
    });
  }
}

/** The origin and `viewers` of them, each linked to each. */
function swarmOf(viewers: number) {
  const clock = new TestClock();
  const origin = new OriginSigner();
  const peers = Array.from({ length: viewers + 1 }, (_, self) => new Peer(self, clock, origin));
  const linkFaults: string[][] = [];
  for (const low of peers) {
    for (const high of peers.slice(low.self + 1)) {
      const [left, right] = [low.towards(high.self), high.towards(low.self)];
      const streams = low.self === 0 ? (["out", "in"] as const) : (["none", "none"] as const);
      const onSent = (end: Peer) => (bytes: number) => {
        end.sentBytes += bytes;
      };
      const pair = linkPair(
        clock,
        { inbox: left, peer: high.self, streams: streams[0], onSent: onSent(low) },
        { inbox: right, peer: low.self, streams: streams[1], onSent: onSent(high) },
      );
      linkFaults.push(pair.faults);
      left.carriedBy(pair.left);
      right.carriedBy(pair.right);
      left.join(low.joined);
      right.join(high.joined);
    }
  }
  const settle = async (ms: number): Promise<void> => {
    for (let passed = 0; passed < ms; passed += 10) {
      clock.advance(10);
      await new Promise(setImmediate);
    }
  };
  /** The origin makes a segment; returns its pieces' first bytes. */
  const publish = (segment: number): void => {
    const firstPiece = segment * PIECES;
    const pieces = Array.from({ length: PIECES }, (_, n) => new Uint8Array(PIECE_BYTES).fill(firstPiece + n));
    const signed = origin.manifest(pieces, { swarm: SWARM, segment, firstPiece, timeMs: clock.nowMs() });
    const manifest = decodeManifest(signed);
    const member = peers[0]?.joined.member;
    if (manifest === undefined || member === undefined) return assert.fail();
    member.onManifest(manifest, signed, undefined);
    for (const [n, bytes] of pieces.entries()) member.onPiece(firstPiece + n, bytes, undefined);
  };
  return { clock, peers, linkFaults, settle, publish };
}

/** Two stripes: viewer 1 passes on the first, viewer 2 the second. */
const PARTS: Readonly<Record<number, Assignment>> = {
  0: part(
    [],
    [
      [0, 1],
      [1, 2],
    ],
  ),
  1: part(
    [
      [0, 0],
      [1, 2],
    ],
    [
      [0, 2],
      [0, 3],
    ],
  ),
  2: part(
    [
      [1, 0],
      [0, 1],
    ],
    [
      [1, 1],
      [1, 3],
    ],
  ),
  3: part(
    [
      [0, 1],
      [1, 2],
    ],
    [],
  ),
};

function part(parents: [number, number][], children: [number, number][]): Assignment {
  const edges = (list: [number, number][]) => list.map(([stripe, peer]) => ({ stripe, peer }));
  return { stripes: 2, parents: edges(parents), children: edges(children) };
}

test("a stream reaches every viewer whole, and leaves the origin about once", async () => {
  const { peers, settle, publish, linkFaults } = swarmOf(3);
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
  const { clock, peers, settle, publish } = swarmOf(3);
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
