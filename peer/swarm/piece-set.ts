import { MAX_BITMAP_BYTES } from "../../protocol/swarm-frame.ts";

/** As many pieces as one HAVE speaks of. */
export const CHUNK_PIECES = 8 * MAX_BITMAP_BYTES;

/** Numbers of pieces, kept by chunk: any number may be in it, and each chunk is what a HAVE says. */
export class PieceSet {
  readonly #chunks = new Map<number, Uint8Array>();

  /** How many chunks have a piece in them, or had one. */
  get chunkCount(): number {
    return this.#chunks.size;
  }

  chunks(): Iterable<number> {
    return this.#chunks.keys();
  }

  has(piece: number): boolean {
    const chunk = this.#chunks.get(chunkOf(piece));
    return chunk !== undefined && ((chunk[byteOf(piece)] ?? 0) & (1 << (piece & 7))) !== 0;
  }

  add(piece: number): void {
    const at = chunkOf(piece);
    const chunk = this.#chunks.get(at) ?? new Uint8Array(MAX_BITMAP_BYTES);
    this.#chunks.set(at, chunk);
    chunk[byteOf(piece)] = (chunk[byteOf(piece)] ?? 0) | (1 << (piece & 7));
  }

  delete(piece: number): void {
    const chunk = this.#chunks.get(chunkOf(piece));
    if (chunk !== undefined) chunk[byteOf(piece)] = (chunk[byteOf(piece)] ?? 0) & ~(1 << (piece & 7));
  }

  /** What this bitmap says of the chunk is all that is in it. */
  replace(chunk: number, bitmap: Uint8Array): void {
    const bits = new Uint8Array(MAX_BITMAP_BYTES);
    bits.set(bitmap.subarray(0, MAX_BITMAP_BYTES));
    if (bits.some((byte) => byte !== 0)) this.#chunks.set(chunk, bits);
    else this.#chunks.delete(chunk);
  }

  /** The chunk's pieces as a bitmap, a copy, no longer than it must be. */
  bitmap(chunk: number): Uint8Array {
    const bits = this.#chunks.get(chunk) ?? new Uint8Array(1);
    return bits.slice(
      0,
      1 +
        Math.max(
          0,
          bits.findLastIndex((byte) => byte !== 0),
        ),
    );
  }

  *pieces(): Iterable<number> {
    for (const [chunk, bits] of this.#chunks) {
      for (const [at, byte] of bits.entries()) {
        for (let bit = 0; bit < 8; bit += 1) {
          if ((byte & (1 << bit)) !== 0) yield chunk * CHUNK_PIECES + 8 * at + bit;
        }
      }
    }
  }
}

export function chunkOf(piece: number): number {
  return Math.floor(piece / CHUNK_PIECES);
}

function byteOf(piece: number): number {
  return (piece % CHUNK_PIECES) >> 3;
}
