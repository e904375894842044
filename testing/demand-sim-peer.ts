import type { Clock } from "../peer/clock.ts";
import { createDemandMember } from "../peer/swarm/demand-member.ts";
import type { DemandMember } from "../peer/swarm/demand-ports.ts";
import type { SwarmMember } from "../peer/swarm/member-ports.ts";
import type { Manifest } from "../protocol/manifest.ts";
import { DEMAND_PAGE_PIECES, DEMAND_SWARM, type DemandContent } from "./demand-sim-content.ts";
import { FairUplink } from "./fair-uplink.ts";
import { MemoryPieceStore } from "./memory-piece-store.ts";
import type { Mail, SimEnd, SimMemberLink } from "./swarm-sim-link.ts";
import type { UplinkPort } from "./swarm-sim-uplink.ts";

export interface DemandSimPeerOptions {
  readonly number: number;
  readonly uplinkBps: number;
  readonly delayMs: number;
  readonly clock: Clock;
}

/** One end of simulated links: a member behind an uplink. */
export class DemandSimPeer implements SimEnd {
  readonly number: number;
  readonly delayMs: number;
  readonly uplink: FairUplink;
  readonly member: SwarmMember;
  readonly links = new Map<number, SimMemberLink>();
  readonly liar = false;
  alive = true;
  readonly #clock: Clock;

  constructor(member: SwarmMember, { number, uplinkBps, delayMs, clock }: DemandSimPeerOptions) {
    this.member = member;
    this.number = number;
    this.delayMs = delayMs;
    this.uplink = new FairUplink(clock, uplinkBps);
    this.#clock = clock;
  }

  uplinkTo(): UplinkPort {
    return this.uplink.lane();
  }

  mail(mail: Mail): void {
    this.#clock.after(mail.dueMs - this.#clock.nowMs(), () => {
      if (mail.link.open && this.alive) this.member.onHave(mail.link.from, mail.base, mail.bitmap);
    });
  }

  readMail(): void {}

  onManifest(manifest: Manifest, signed: Uint8Array, from: number): void {
    this.member.onManifest(manifest, signed, from);
  }

  onPiece(piece: number, bytes: Uint8Array, from: number): void {
    this.member.onPiece(piece, bytes, from);
  }

  /** Without a word. */
  vanish(): void {
    this.alive = false;
    this.member.close();
    this.uplink.close();
  }
}

/** A simulated viewer of on-demand content: the shipped member, and what came to it. */
export class DemandSimViewer extends DemandSimPeer {
  override readonly member: DemandMember;
  readonly store: MemoryPieceStore;
  originBytes = 0;
  viewerBytes = 0;
  /** What came though it was here. */
  duplicateBytes = 0;
  onHeld: (piece: number) => void = () => {};
  readonly #content: DemandContent;

  constructor(options: DemandSimPeerOptions & { readonly content: DemandContent; readonly random: () => number }) {
    const { number, clock, random, content } = options;
    const store = new MemoryPieceStore();
    const member = createDemandMember({
      self: number,
      swarm: DEMAND_SWARM,
      clock,
      random,
      store,
      pagePieces: DEMAND_PAGE_PIECES,
      digest: async (bytes) => bytes,
      onHeld: (piece) => this.onHeld(piece),
    });
    super(member, options);
    this.member = member;
    this.store = store;
    this.#content = content;
  }

  override onPiece(piece: number, bytes: Uint8Array, from: number): void {
    if (this.store.has(piece)) this.duplicateBytes += bytes.length;
    else if (from === 0) this.originBytes += bytes.length;
    else this.viewerBytes += bytes.length;
    super.onPiece(piece, bytes, from);
  }

  /** Whether the piece is here as the origin has it. */
  holds(piece: number): boolean {
    const bytes = this.member.piece(piece);
    return bytes !== undefined && bytes === this.#content.piece(piece);
  }
}
