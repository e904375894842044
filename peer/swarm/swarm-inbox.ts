/** Where a link hands what its peer says of swarms: decoded, unverified, one message at a time. */
export interface SwarmInbox {
  /** What comes after it on the link waits until this settles, so nothing overtakes the ticket it depends on. */
  onTicket(ticket: Uint8Array): Promise<void>;
  /** As {@link onTicket}: pieces wait until it is known whether their manifest is true. The bytes are the inbox's to keep. */
  onManifest(signed: Uint8Array): Promise<void>;
  /**
   * Length of this piece if it may come from this peer now: what its manifest promises. Undefined: it is unasked. "late": of no use
   * any more, but the peer cannot know that yet.
   */
  expectedBytes(swarm: number, piece: number): number | "late" | undefined;
  /** A part of an expected piece came. */
  onProgress(swarm: number, piece: number): void;
  /** A whole piece, of the expected length. The bytes are the inbox's to keep. */
  onPiece(swarm: number, piece: number, bytes: Uint8Array): void;
  onHave(swarm: number, base: number, bitmap: Uint8Array): void;
  onWant(swarm: number, pieces: readonly number[]): void;
  onSkip(swarm: number, pieces: readonly number[]): void;
  onLater(swarm: number, piece: number, delayMs: number): void;
  /** The link is over; nothing comes after this. */
  onClosed(): void;
}
