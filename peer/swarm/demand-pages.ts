import { type Manifest, pieceCount, pieceLength, URL_KEY_BYTES } from "../../protocol/manifest.ts";

/** A page whose manifest is known. */
export interface KnownPage {
  readonly manifest: Manifest;
  readonly signed: Uint8Array;
}

/** Taken for a piece's length while no manifest is known. */
const USUAL_PIECE_BYTES = 65_536;

/** The pages of one content: what is known of each, and what can be said of the others. */
export class DemandPages {
  readonly #pagePieces: number;
  readonly #pages = new Map<number, KnownPage>();
  #endPiece: number;
  /** Every page of a file is full but the last, so all pieces before the end are there to be asked for. */
  #isFile: boolean;
  #pieceBytes = USUAL_PIECE_BYTES;
  /** Pieces and bytes that a page has which nobody knows: as many as the one known last. */
  #usualPieces: number;
  #usualBytes: number;

  /** `totalPieces`: of a file, if it is known beforehand. */
  constructor(pagePieces: number, totalPieces?: number) {
    this.#pagePieces = pagePieces;
    this.#endPiece = totalPieces ?? Number.POSITIVE_INFINITY;
    this.#isFile = totalPieces !== undefined;
    this.#usualPieces = pagePieces;
    this.#usualBytes = pagePieces * USUAL_PIECE_BYTES;
  }

  /** One past the content's last piece; Infinity while nobody has told. */
  get endPiece(): number {
    return this.#endPiece;
  }

  of(page: number): KnownPage | undefined {
    return this.#pages.get(page);
  }

  /** False if the page is known already, or it is no manifest of a page. */
  add(known: KnownPage): boolean {
    const { segment, firstPiece } = known.manifest;
    if (firstPiece !== this.firstOf(segment) || this.#pages.has(segment)) return false;
    this.#pages.set(segment, known);
    this.#learn(known.manifest);
    return true;
  }

  pageOf(piece: number): number {
    return Math.floor(piece / this.#pagePieces);
  }

  firstOf(page: number): number {
    return page * this.#pagePieces;
  }

  /** Whether there is such a piece for sure: a page that nobody knows has a first one. */
  isSure(piece: number): boolean {
    if (piece >= this.#endPiece) return false;
    const page = this.pageOf(piece);
    const manifest = this.#pages.get(page)?.manifest;
    if (manifest !== undefined) return piece < manifest.firstPiece + pieceCount(manifest);
    return this.#isFile || piece === this.firstOf(page);
  }

  /** The next piece behind this one that there is or may be. */
  after(piece: number): number {
    const page = this.pageOf(piece);
    const manifest = this.#pages.get(page)?.manifest;
    const pieces = manifest === undefined ? this.#usualPieces : pieceCount(manifest);
    return piece + 1 >= this.firstOf(page) + pieces ? this.firstOf(page + 1) : piece + 1;
  }

  /** Undefined while its page is not known. */
  exactBytes(piece: number): number | undefined {
    const manifest = this.#pages.get(this.pageOf(piece))?.manifest;
    if (manifest === undefined || piece >= manifest.firstPiece + pieceCount(manifest)) return undefined;
    return pieceLength(manifest, piece);
  }

  /** About how long it is. */
  lengthBytes(piece: number): number {
    return this.exactBytes(piece) ?? this.#pieceBytes;
  }

  /** How much of its page's bytes stand for this piece, as far as it is known. */
  weightBytes(piece: number): number {
    return this.exactBytes(piece) ?? this.#usualBytes / this.#usualPieces;
  }

  #learn(manifest: Manifest): void {
    const { segment, lengthBytes, pieceBytes, head } = manifest;
    if (head.page !== undefined) {
      this.#isFile = true;
      this.#endPiece = Math.ceil(head.page.total / pieceBytes);
      this.#expect(pieceBytes, this.#pagePieces, this.#pagePieces * pieceBytes);
    } else if (segment === 0) this.#endPiece = this.firstOf(1 + Math.ceil(lengthBytes / URL_KEY_BYTES));
    else this.#expect(pieceBytes, pieceCount(manifest), lengthBytes);
  }

  #expect(pieceBytes: number, pieces: number, bytes: number): void {
    this.#pieceBytes = pieceBytes;
    this.#usualPieces = pieces;
    this.#usualBytes = bytes;
  }
}
