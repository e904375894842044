// Members, intakes, gates and links together, as origin and viewers run them.
import assert from "node:assert/strict";
import type { Channel } from "../peer/channel.ts";
import { JoinedSwarm } from "../peer/swarm/joined-swarm.ts";
import { LinkSwarms } from "../peer/swarm/link-swarms.ts";
import { createSwarmMember } from "../peer/swarm/member.ts";
import type { Assignment } from "../peer/swarm/member-ports.ts";
import { SwarmGate } from "../peer/swarm/swarm-gate.ts";
import { SwarmIntake } from "../peer/swarm/swarm-intake.ts";
import { decodeManifest } from "../protocol/manifest.ts";
import { TestClock } from "./clock.ts";
import { linkPair } from "./link-pair.ts";
import { OriginSigner } from "./origin-signer.ts";
import { seededRandom } from "./random.ts";
import { createMemoryChannelPair } from "./sim-channel.ts";

const SWARM = 7;
export const PIECE_BYTES = 16_384;
/** Of a segment. */
export const PIECES = 8;

/** One peer: its member and what stands around it. */
export class LinkedPeer {
  readonly self: number;
  readonly faults: string[] = [];
  /** Who sent a corrupt piece, in order. */
  readonly corrupt: number[] = [];
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
    const onCorrupt = (peer: number): void => void this.corrupt.push(peer);
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

/** What a peer's channel makes of a message: what goes out instead. */
export type Spoil = (from: number, bytes: Uint8Array<ArrayBuffer>) => readonly Uint8Array<ArrayBuffer>[];

/** The origin and `viewers` of them, each linked to each; `spoil`: what they send goes out changed. */
export function linkedSwarm(viewers: number, spoil: Spoil = (_, bytes) => [bytes]) {
  const clock = new TestClock();
  const origin = new OriginSigner();
  const peers = Array.from({ length: viewers + 1 }, (_, self) => new LinkedPeer(self, clock, origin));
  const linkFaults: string[][] = [];
  for (const low of peers) {
    for (const high of peers.slice(low.self + 1)) {
      const [left, right] = [low.towards(high.self), high.towards(low.self)];
      const streams = low.self === 0 ? (["out", "in"] as const) : (["none", "none"] as const);
      const onSent = (end: LinkedPeer) => (bytes: number) => {
        end.sentBytes += bytes;
      };
      const pair = linkPair(
        clock,
        { inbox: left, peer: high.self, streams: streams[0], onSent: onSent(low) },
        { inbox: right, peer: low.self, streams: streams[1], onSent: onSent(high) },
        (toLeft, toRight) => {
          const ends = createMemoryChannelPair(clock, toLeft, toRight, 10);
          return { left: spoilt(ends.left, low.self, spoil), right: spoilt(ends.right, high.self, spoil) };
        },
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

function spoilt(channel: Channel, from: number, spoil: Spoil): Channel {
  return { ...channel, send: (bytes) => spoil(from, bytes).every((message) => channel.send(message)) };
}

/** Two stripes: viewer 1 passes on the first, viewer 2 the second. */
export const PARTS: Readonly<Record<number, Assignment>> = {
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
