import type { Manifest } from "../../protocol/manifest.ts";

/** One linked peer as a swarm member reaches it. Implemented by real links and by the simulation. */
export interface MemberLink {
  readonly peer: number;
  /**
   * Queues a piece for sending. `urgent` goes before pushes. The link cuts it into frames as its window allows and may hold several;
   * what is queued for the same piece already is not queued twice.
   */
  sendPiece(piece: number, bytes: Uint8Array, urgent: boolean): void;
  /** Takes a piece out of the queue again unless its first byte has gone. */
  dropPiece(piece: number): void;
  sendManifest(signed: Uint8Array): void;
  sendHave(base: number, bitmap: Uint8Array): void;
  sendWant(pieces: readonly number[]): void;
  sendSkip(pieces: readonly number[]): void;
  sendLater(piece: number, delayMs: number): void;
  /** About how long a piece queued now would wait before it leaves, in milliseconds: an urgent one waits for urgent ones only. */
  queueMs(urgent: boolean): number;
  /** Newest round trip; undefined before the first. */
  rttMs(): number | undefined;
}

/** This peer's part in a swarm, as the planner assigns it; each assignment replaces the last one whole. */
export interface Assignment {
  readonly stripes: number;
  /** Who sends us which stripe; peer 0 is the origin. */
  readonly parents: readonly { readonly stripe: number; readonly peer: number }[];
  /** To whom we send which stripe. */
  readonly children: readonly { readonly stripe: number; readonly peer: number }[];
}

/** What a member did and saw, since the last time it was asked. */
export interface PeerTally {
  readonly peer: number;
  /** Payload of verified pieces. */
  readonly bytes: number;
  /** While pieces came in one after another: how much, and for how long. What the peer's uplink is told from. */
  readonly busyBytes: number;
  readonly busyMs: number;
  /** Pieces of its stripes that had to be had elsewhere. */
  readonly missed: number;
}

/**
 * One peer's part in one swarm: which piece goes to whom, which is asked of whom, and when the origin must help. Pure: bytes are
 * opaque to it, manifests and pieces it is handed are verified already, time comes from the clock. The same code runs in viewers,
 * in the origin (peer 0, which has no parents and is the only one to make pieces) and in the simulation.
 */
export interface SwarmMember {
  assign(assignment: Assignment): void;
  addLink(link: MemberLink): void;
  removeLink(peer: number): void;
  /** A verified manifest, new or known; `from` undefined: made here (at the origin). It is passed on once. */
  onManifest(manifest: Manifest, signed: Uint8Array, from: number | undefined): void;
  /** A verified piece; `from` undefined: made here, or had by HTTP. */
  onPiece(piece: number, bytes: Uint8Array, from: number | undefined): void;
  onHave(from: number, base: number, bitmap: Uint8Array): void;
  onWant(from: number, pieces: readonly number[]): void;
  onSkip(from: number, pieces: readonly number[]): void;
  onLater(from: number, piece: number, delayMs: number): void;
  /** A part of a piece came: it is on its way and need not be asked for elsewhere. */
  onProgress(from: number, piece: number): void;
  /** The player waits for this piece, and for those after it in its segment: by `deadlineMs` (of the clock) at the latest. */
  need(piece: number, deadlineMs: number): void;
  /** The piece's bytes while we hold them. */
  piece(piece: number): Uint8Array | undefined;
  /**
   * Whether a PIECE of this number may come from this peer now: it was assigned or asked for, and is not held (or came from somebody
   * else while it was on its way).
   */
  expects(from: number, piece: number): boolean;
  /** What happened since the last call, for the report to the planner. */
  takeTally(): PeerTally[];
  /** Cancels its timers. */
  close(): void;
}
