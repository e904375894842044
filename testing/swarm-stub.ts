import { createSwarmMember, type MemberFault, type SwarmMemberOptions } from "../peer/swarm/member.ts";
import type { Assignment, MemberLink, SwarmMember } from "../peer/swarm/member-ports.ts";
import type { Manifest } from "../protocol/manifest.ts";
import { TestClock } from "./clock.ts";

/** A member's link that only writes down what it was told; `queue` is what it says of itself. */
export class StubLink implements MemberLink {
  readonly peer: number;
  readonly pieces: { piece: number; urgent: boolean }[] = [];
  readonly dropped: number[] = [];
  readonly manifests: Uint8Array[] = [];
  readonly haves: { base: number; bitmap: Uint8Array }[] = [];
  readonly wants: number[] = [];
  readonly skips: number[] = [];
  readonly laters: { piece: number; delayMs: number }[] = [];
  queue = 0;

  constructor(peer: number) {
    this.peer = peer;
  }

  sendPiece(piece: number, _bytes: Uint8Array, urgent: boolean): void {
    this.pieces.push({ piece, urgent });
  }
  dropPiece(piece: number): void {
    this.dropped.push(piece);
  }
  sendManifest(signed: Uint8Array): void {
    this.manifests.push(signed);
  }
  sendHave(base: number, bitmap: Uint8Array): void {
    this.haves.push({ base, bitmap });
  }
  sendWant(pieces: readonly number[]): void {
    this.wants.push(...pieces);
  }
  sendSkip(pieces: readonly number[]): void {
    this.skips.push(...pieces);
  }
  sendLater(piece: number, delayMs: number): void {
    this.laters.push({ piece, delayMs });
  }
  queueMs(): number {
    return this.queue;
  }
  rttMs(): number {
    return 50;
  }
}

export const STUB_PIECE_BYTES = 1_024;
/** A piece; its bytes are opaque to members. */
export const STUB_PIECE = new Uint8Array(STUB_PIECE_BYTES);

/** Segment `segment` of four pieces, published two seconds after the one before; its signed bytes are its number. */
export function stubManifest(segment: number, pieces = 4): { manifest: Manifest; signed: Uint8Array } {
  const manifest: Manifest = {
    swarm: 7,
    segment,
    firstPiece: 4 * segment,
    pieceBytes: STUB_PIECE_BYTES,
    lengthBytes: pieces * STUB_PIECE_BYTES,
    timeMs: 2_000 * segment,
    urlKey: new Uint8Array(16),
    head: { status: 200, statusText: "OK", headers: [] },
    hashes: new Array<Uint8Array>(pieces).fill(new Uint8Array(32)),
  };
  return { manifest, signed: Uint8Array.of(segment) };
}

/** An assignment of two stripes, written short: `[stripe, peer]`. */
export function stubPart(parents: [number, number][], children: [number, number][] = []): Assignment {
  const edges = (list: [number, number][]) => list.map(([stripe, peer]) => ({ stripe, peer }));
  return { stripes: 2, parents: edges(parents), children: edges(children) };
}

/** The pieces a HAVE names. */
export function named({ base, bitmap }: { base: number; bitmap: Uint8Array }): number[] {
  const bits = Array.from({ length: 8 * bitmap.length }, (_, bit) => bit);
  return bits.filter((bit) => ((bitmap[bit >> 3] ?? 0) & (1 << (bit & 7))) !== 0).map((bit) => base + bit);
}

/** A member with its links, over a clock of its own. Chance always says 0, so a piece is late after 0.7 s. */
export class StubSwarm {
  readonly clock = new TestClock();
  readonly faults: MemberFault[] = [];
  readonly member: SwarmMember;

  constructor(options: Partial<SwarmMemberOptions> = {}) {
    const onFault = (_peer: number, fault: MemberFault): void => void this.faults.push(fault);
    this.member = createSwarmMember({ self: 5, swarm: 7, clock: this.clock, random: () => 0, onFault, ...options });
  }

  link(peer: number): StubLink {
    const link = new StubLink(peer);
    this.member.addLink(link);
    return link;
  }

  manifest(segment: number, from?: number): void {
    const { manifest, signed } = stubManifest(segment);
    this.member.onManifest(manifest, signed, from);
  }

  piece(piece: number, from?: number): void {
    this.member.onPiece(piece, STUB_PIECE, from);
  }

  /** `peer` says that it holds these pieces and no others. */
  have(peer: number, ...pieces: number[]): void {
    const bitmap = new Uint8Array(64);
    for (const piece of pieces) bitmap[piece >> 3] = (bitmap[piece >> 3] ?? 0) | (1 << (piece & 7));
    this.member.onHave(peer, 0, bitmap);
  }
}
