import type { DemandPages } from "./demand-pages.ts";
import type { PieceStore } from "./demand-ports.ts";
import { chunkOf, PieceSet } from "./piece-set.ts";

/** Pieces that could not be stored are kept in memory as far as this, the newest: a reader may be waiting for them. */
const LOOSE_BYTES = 4 * 1_048_576;

/** The pieces that are here and are what the origin signed. */
export class DemandHoldings {
  readonly #store: PieceStore;
  readonly #pages: DemandPages;
  readonly #held = new PieceSet();
  /** The oldest first; not announced, for they will not stay. */
  readonly #loose = new Map<number, Uint8Array>();
  #looseBytes = 0;
  #changed = new Set<number>();

  constructor(store: PieceStore, pages: DemandPages) {
    this.#store = store;
    this.#pages = pages;
  }

  /** Whether the piece is here, for as long as nothing else is kept in its place. */
  has(piece: number): boolean {
    return this.#held.has(piece) || this.#loose.has(piece);
  }

  /** Whether it is in the store, to be announced and served. */
  isKept(piece: number): boolean {
    return this.#held.has(piece);
  }

  kept(): Iterable<number> {
    return this.#held.pieces();
  }

  /** The piece's bytes; one that cannot be read any more is here no longer. */
  piece(piece: number): Uint8Array | undefined {
    const loose = this.#loose.get(piece);
    if (loose !== undefined || !this.#held.has(piece)) return loose;
    const bytes = this.#store.get(piece);
    if (bytes?.length === this.#pages.exactBytes(piece)) return bytes;
    this.drop(piece);
    return undefined;
  }

  /** How many bytes too many there would be with this many more. */
  excessBytes(moreBytes: number): number {
    return this.#store.heldBytes + moreBytes - this.#store.capacityBytes;
  }

  get capacityBytes(): number {
    return this.#store.capacityBytes;
  }

  /** False if it could not be stored. */
  put(piece: number, bytes: Uint8Array): boolean {
    if (!this.#store.put(piece, bytes)) return false;
    this.admit(piece);
    return true;
  }

  /** The store has it, and it is what the origin signed. */
  admit(piece: number): void {
    this.#held.add(piece);
    this.#changed.add(chunkOf(piece));
  }

  /** Keeps a piece that cannot be stored for a little while. */
  keepLoose(piece: number, bytes: Uint8Array): void {
    this.#loose.set(piece, bytes);
    this.#looseBytes += bytes.length;
    for (const [oldest, { length }] of this.#loose) {
      if (this.#looseBytes <= LOOSE_BYTES) return;
      this.#loose.delete(oldest);
      this.#looseBytes -= length;
    }
  }

  drop(piece: number): void {
    this.#store.drop(piece);
    if (!this.#held.has(piece)) return;
    this.#held.delete(piece);
    this.#changed.add(chunkOf(piece));
  }

  /** Every chunk that has pieces in it. */
  chunks(): Iterable<number> {
    return this.#held.chunks();
  }

  bitmap(chunk: number): Uint8Array {
    return this.#held.bitmap(chunk);
  }

  /** Chunks that have changed since the last call. */
  takeChanged(): ReadonlySet<number> {
    const changed = this.#changed;
    this.#changed = new Set();
    return changed;
  }
}
