import { type Manifest, pieceCount } from "../../protocol/manifest.ts";

/** The pieces of one manifest, as far as they are here. */
export class Segment {
  readonly manifest: Manifest;
  readonly signed: Uint8Array;
  /** When the manifest came here: its pieces' age counts from then. */
  readonly cameMs: number;
  /** One past its last piece. */
  readonly endPiece: number;
  /** Age in milliseconds at which a missing piece of it is late. */
  readonly patienceMs: number;
  /** Published before we came: everybody has it, and nobody pushes it to us. */
  readonly past: boolean;
  readonly #pieces: (Uint8Array | undefined)[];
  #missing: number;
  #heldBytes = 0;
  #need: { readonly piece: number; readonly deadlineMs: number } | undefined;

  constructor(manifest: Manifest, signed: Uint8Array, came: { atMs: number; patienceMs: number; past: boolean }) {
    const count = pieceCount(manifest);
    this.manifest = manifest;
    this.signed = signed;
    this.cameMs = came.atMs;
    this.patienceMs = came.patienceMs;
    this.past = came.past;
    this.endPiece = manifest.firstPiece + count;
    this.#pieces = new Array<Uint8Array | undefined>(count).fill(undefined);
    this.#missing = count;
  }

  get firstPiece(): number {
    return this.manifest.firstPiece;
  }

  /** How many of its pieces are not here. */
  get missing(): number {
    return this.#missing;
  }

  get heldBytes(): number {
    return this.#heldBytes;
  }

  /** When this piece must be here; Infinity: the player has not asked for it. */
  deadlineOf(piece: number): number {
    return this.#need !== undefined && piece >= this.#need.piece ? this.#need.deadlineMs : Number.POSITIVE_INFINITY;
  }

  need(piece: number, deadlineMs: number): void {
    this.#need = { piece, deadlineMs };
  }

  contains(piece: number): boolean {
    return piece >= this.firstPiece && piece < this.endPiece;
  }

  piece(piece: number): Uint8Array | undefined {
    return this.#pieces[piece - this.firstPiece];
  }

  /** False if it is no piece of this segment, or here already. */
  put(piece: number, bytes: Uint8Array): boolean {
    if (!this.contains(piece) || this.piece(piece) !== undefined) return false;
    this.#pieces[piece - this.firstPiece] = bytes;
    this.#missing -= 1;
    this.#heldBytes += bytes.length;
    return true;
  }
}
