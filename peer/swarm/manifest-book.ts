import { type Manifest, pieceCount } from "../../protocol/manifest.ts";

/** A manifest and its bytes, verified. */
export interface SignedManifest {
  readonly manifest: Manifest;
  readonly signed: Uint8Array;
}

/** Verified manifests of a swarm, by the pieces they promise. */
export interface Book {
  /** The manifest that promises this piece. */
  of(piece: number): Manifest | undefined;
  /** Whether these bytes are in the book already. */
  has(manifest: Manifest, signed: Uint8Array): boolean;
  /** Whether it speaks of pieces that were here and are forgotten. */
  isOld(manifest: Manifest): boolean;
  /** Adds a manifest; false if another one speaks of one of its pieces: a number never means two things. */
  add(entry: SignedManifest): boolean;
}

/** The book of a live stream: the newest manifests alone. */
export class ManifestBook implements Book {
  readonly #max: number;
  /** In order of their pieces. */
  readonly #manifests: SignedManifest[] = [];
  /** Pieces below this were forgotten. */
  #floor = 0;

  constructor(max: number) {
    this.#max = max;
  }

  of(piece: number): Manifest | undefined {
    const manifest = this.#manifests[this.#lastAtOrBelow(piece)]?.manifest;
    return manifest !== undefined && piece < end(manifest) ? manifest : undefined;
  }

  has(manifest: Manifest, signed: Uint8Array): boolean {
    const known = this.#manifests[this.#lastAtOrBelow(manifest.firstPiece)];
    return known?.manifest.firstPiece === manifest.firstPiece && sameBytes(known.signed, signed);
  }

  isOld(manifest: Manifest): boolean {
    return manifest.firstPiece < this.#floor;
  }

  add(entry: SignedManifest): boolean {
    const { manifest } = entry;
    const at = this.#lastAtOrBelow(manifest.firstPiece);
    const before = this.#manifests[at]?.manifest;
    const after = this.#manifests[at + 1]?.manifest;
    if (before !== undefined && end(before) > manifest.firstPiece) return false;
    if (after !== undefined && after.firstPiece < end(manifest)) return false;
    this.#manifests.splice(at + 1, 0, entry);
    if (this.#manifests.length > this.#max) this.#forgetFirst();
    return true;
  }

  #forgetFirst(): void {
    const first = this.#manifests.shift();
    if (first !== undefined) this.#floor = end(first.manifest);
  }

  /** Index of the last manifest that begins at or below this piece; -1: none. */
  #lastAtOrBelow(piece: number): number {
    let low = 0;
    let high = this.#manifests.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      const first = this.#manifests[middle]?.manifest.firstPiece ?? 0;
      if (first <= piece) low = middle + 1;
      else high = middle;
    }
    return low - 1;
  }
}

function end(manifest: Manifest): number {
  return manifest.firstPiece + pieceCount(manifest);
}

export function sameBytes(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, index) => byte === b[index]);
}
