import type { SwarmMember } from "./member-ports.ts";

/**
 * What this peer keeps of one on-demand content. Synchronous, so that a member can answer at once: in browsers the Tuber worker's file
 * handles are. Nothing throws: what cannot be written is not kept, what cannot be read is not there.
 */
export interface PieceStore {
  /** How much it may hold, in bytes; may shrink when the browser runs short of room. */
  readonly capacityBytes: number;
  readonly heldBytes: number;
  has(piece: number): boolean;
  /** The bytes are the caller's to keep. */
  get(piece: number): Uint8Array<ArrayBuffer> | undefined;
  /** False if it could not be kept. */
  put(piece: number, bytes: Uint8Array): boolean;
  drop(piece: number): void;
  /** Numbers of all pieces held, in any order. */
  pieces(): Iterable<number>;
  /** Keeps a page's signed manifest, so that its pieces can be served after another visit. */
  putManifest(page: number, signed: Uint8Array): void;
  /** Signed manifests that an earlier visit left; to be verified again. */
  manifests(): Iterable<Uint8Array>;
  close(): void;
}

/** A member of an on-demand swarm (docs/decisions/0008): everything is pulled, nothing pushed, and it reads where its readers are. */
export interface DemandMember extends SwarmMember {
  /**
   * This reader (compared by identity) is at `piece` and will go on to `endPiece` (exclusive) at least; what it said before is replaced.
   * Pieces from there on are fetched ahead of it, and for a while after {@link stopReading} too: players ask for one part after another.
   */
  read(reader: object, piece: number, endPiece: number): void;
  stopReading(reader: object): void;
  /** Asks for this page's manifest, and its first piece, wherever they are to be had. */
  wantPage(page: number): void;
}
