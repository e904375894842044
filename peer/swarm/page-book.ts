import { type Manifest, pieceCount } from "../../protocol/manifest.ts";
import { type Book, type SignedManifest, sameBytes } from "./manifest-book.ts";

/**
 * The manifests of an on-demand swarm, by page (docs/decisions/0008). Nothing is forgotten: a page's pieces may be asked for at any time,
 * and there are no more pages than the origin signed.
 */
export class PageBook implements Book {
  readonly #pagePieces: number;
  readonly #pages = new Map<number, SignedManifest>();

  constructor(pagePieces: number) {
    this.#pagePieces = pagePieces;
  }

  of(piece: number): Manifest | undefined {
    const manifest = this.#pages.get(Math.floor(piece / this.#pagePieces))?.manifest;
    return manifest !== undefined && piece < manifest.firstPiece + pieceCount(manifest) ? manifest : undefined;
  }

  has(manifest: Manifest, signed: Uint8Array): boolean {
    const known = this.#pages.get(manifest.segment);
    return known !== undefined && sameBytes(known.signed, signed);
  }

  isOld(): boolean {
    return false;
  }

  /** False if the page is known already, or the manifest is of no page: its pieces are not where this page's stand. */
  add(entry: SignedManifest): boolean {
    const { segment, firstPiece } = entry.manifest;
    const inPlace = firstPiece === segment * this.#pagePieces && pieceCount(entry.manifest) <= this.#pagePieces;
    if (!inPlace || this.#pages.has(segment)) return false;
    this.#pages.set(segment, entry);
    return true;
  }
}
