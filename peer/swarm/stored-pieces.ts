import type { DemandPages } from "./demand-pages.ts";
import type { PieceStore } from "./demand-ports.ts";
import { sameBytes } from "./manifest-book.ts";

export interface StoredPiecesPorts {
  readonly store: PieceStore;
  readonly pages: DemandPages;
  /** SHA-256. */
  readonly digest: (bytes: Uint8Array) => Promise<Uint8Array>;
  /** Pages that are wanted first. */
  readonly wantedPages: () => Iterable<number>;
  /** The piece is what the origin signed. */
  readonly onGood: (piece: number) => void;
  /** It is not, and was dropped. */
  readonly onBad: (piece: number) => void;
}

/**
 * Pieces that an earlier visit left in the store: each is hashed once before its first use, for a disk may have changed it. One at a time,
 * pages that somebody reads first; those of pages without a manifest wait for it.
 */
export class StoredPieces {
  readonly #ports: StoredPiecesPorts;
  /** Not looked at yet, by page. */
  readonly #unchecked = new Map<number, Set<number>>();
  /** Pages among them whose manifest is known. */
  readonly #known = new Set<number>();
  #checking = false;
  #closed = false;

  constructor(ports: StoredPiecesPorts) {
    this.#ports = ports;
    for (const piece of ports.store.pieces()) {
      const page = ports.pages.pageOf(piece);
      const pieces = this.#unchecked.get(page) ?? new Set();
      this.#unchecked.set(page, pieces.add(piece));
    }
  }

  /** Whether it will soon be known if the piece is here. */
  isBeingChecked(piece: number): boolean {
    const page = this.#ports.pages.pageOf(piece);
    return this.#known.has(page) && this.#unchecked.get(page)?.has(piece) === true;
  }

  /** The page's manifest is known now. */
  onPage(page: number): void {
    if (!this.#unchecked.has(page)) return;
    this.#known.add(page);
    if (!this.#checking) void this.#check();
  }

  /** Pieces that nothing can be said of, as their pages' manifests are not here. */
  *unknown(): Iterable<number> {
    for (const [page, pieces] of this.#unchecked) if (!this.#known.has(page)) yield* pieces;
  }

  /** Another copy of it came, or there is no room for it. */
  drop(piece: number): void {
    if (this.#remove(piece)) this.#ports.store.drop(piece);
  }

  close(): void {
    this.#closed = true;
    this.#known.clear();
  }

  async #check(): Promise<void> {
    this.#checking = true;
    for (let piece = this.#next(); piece !== undefined && !this.#closed; piece = this.#next()) {
      const isGood = await this.#isGood(piece);
      if (this.#closed || !this.#remove(piece)) continue;
      if (isGood) this.#ports.onGood(piece);
      else {
        this.#ports.store.drop(piece);
        this.#ports.onBad(piece);
      }
    }
    this.#checking = false;
  }

  async #isGood(piece: number): Promise<boolean> {
    const { pages, store, digest } = this.#ports;
    const manifest = pages.of(pages.pageOf(piece))?.manifest;
    const hash = manifest?.hashes[piece - manifest.firstPiece];
    const bytes = store.get(piece);
    if (hash === undefined || bytes === undefined || bytes.length !== pages.exactBytes(piece)) return false;
    const found = await digest(bytes).catch(() => undefined);
    return found !== undefined && sameBytes(found, hash);
  }

  #next(): number | undefined {
    for (const page of this.#ports.wantedPages()) {
      if (this.#known.has(page)) return this.#firstOf(page);
    }
    const [page] = this.#known;
    return page === undefined ? undefined : this.#firstOf(page);
  }

  #firstOf(page: number): number | undefined {
    const [piece] = this.#unchecked.get(page) ?? [];
    return piece;
  }

  #remove(piece: number): boolean {
    const page = this.#ports.pages.pageOf(piece);
    const pieces = this.#unchecked.get(page);
    if (pieces?.delete(piece) !== true) return false;
    if (pieces.size === 0) {
      this.#unchecked.delete(page);
      this.#known.delete(page);
    }
    return true;
  }
}
