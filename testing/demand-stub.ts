import { createDemandMember, type DemandMemberOptions } from "../peer/swarm/demand-member.ts";
import type { DemandMember } from "../peer/swarm/demand-ports.ts";
import type { MemberFault } from "../peer/swarm/member.ts";
import type { Manifest } from "../protocol/manifest.ts";
import { TestClock } from "./clock.ts";
import { MemoryPieceStore } from "./memory-piece-store.ts";
import { StubLink } from "./swarm-stub.ts";

export const DEMAND_PIECE_BYTES = 262_144;
export const STUB_PAGE_PIECES = 4;
const SWARM = 7;

/** Page `page` of a file of `pages` full pages; its signed bytes are its number, each piece's hash is the piece's number. */
export function stubPage(page: number, pages = 64): { manifest: Manifest; signed: Uint8Array } {
  const pageBytes = STUB_PAGE_PIECES * DEMAND_PIECE_BYTES;
  const firstPiece = page * STUB_PAGE_PIECES;
  const manifest: Manifest = {
    swarm: SWARM,
    segment: page,
    firstPiece,
    pieceBytes: DEMAND_PIECE_BYTES,
    lengthBytes: pageBytes,
    timeMs: 0,
    urlKey: new Uint8Array(16),
    head: { status: 200, statusText: "OK", headers: [], page: { start: page * pageBytes, total: pages * pageBytes } },
    hashes: Array.from({ length: STUB_PAGE_PIECES }, (_, at) => Uint8Array.of((firstPiece + at) & 255)),
  };
  return { manifest, signed: Uint8Array.of(page) };
}

const WHOLE = new Uint8Array(DEMAND_PIECE_BYTES);

/** A piece as the origin has it: its first byte is its number. */
export function stubPieceBytes(piece: number): Uint8Array {
  const bytes = WHOLE.slice();
  bytes[0] = piece & 255;
  return bytes;
}

/** An on-demand member with its links and store, over a clock of its own; a piece's hash is its first byte. */
export class StubDemand {
  readonly clock = new TestClock();
  readonly faults: MemberFault[] = [];
  readonly held: number[] = [];
  readonly store: MemoryPieceStore;
  readonly member: DemandMember;

  constructor(options: Partial<DemandMemberOptions> = {}, store = new MemoryPieceStore()) {
    this.store = store;
    this.member = createDemandMember({
      self: 5,
      swarm: SWARM,
      clock: this.clock,
      random: () => 0,
      store,
      pagePieces: STUB_PAGE_PIECES,
      digest: async (bytes) => bytes.slice(0, 1),
      onHeld: (piece) => this.held.push(piece),
      onFault: (_peer, fault) => this.faults.push(fault),
      ...options,
    });
  }

  link(peer: number): StubLink {
    const link = new StubLink(peer);
    this.member.addLink(link);
    return link;
  }

  page(page: number, from?: number, pages?: number): void {
    const { manifest, signed } = stubPage(page, pages);
    this.member.onManifest(manifest, signed, from);
  }

  piece(piece: number, from?: number): void {
    this.member.onPiece(piece, stubPieceBytes(piece), from);
  }

  /** `peer` says that of the first 512 pieces it holds these and no others. */
  have(peer: number, ...pieces: number[]): void {
    const bitmap = new Uint8Array(64);
    for (const piece of pieces) bitmap[piece >> 3] = (bitmap[piece >> 3] ?? 0) | (1 << (piece & 7));
    this.member.onHave(peer, 0, bitmap);
  }

  /** What is due now happens, and what was promised comes true. */
  async settle(): Promise<void> {
    this.clock.advance(0);
    for (let turn = 0; turn < 40; turn += 1) await Promise.resolve();
    this.clock.advance(0);
  }
}
