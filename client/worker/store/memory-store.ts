import type { PieceStore } from "../../../peer/swarm/demand-ports.ts";

/** What a tab may take of a machine's memory for content it could ask for again. */
const CAPACITY_BYTES = 67_108_864;

/** Pieces for this visit only, where the browser gives no files. */
export class MemoryStore implements PieceStore {
  readonly capacityBytes = CAPACITY_BYTES;
  readonly #pieces = new Map<number, Uint8Array>();
  readonly #manifests = new Map<number, Uint8Array>();
  #heldBytes = 0;

  get heldBytes(): number {
    return this.#heldBytes;
  }

  has(piece: number): boolean {
    return this.#pieces.has(piece);
  }

  get(piece: number): Uint8Array<ArrayBuffer> | undefined {
    const bytes = this.#pieces.get(piece);
    return bytes && new Uint8Array(bytes);
  }

  put(piece: number, bytes: Uint8Array): boolean {
    if (this.has(piece)) return true;
    if (this.#heldBytes + bytes.length > this.capacityBytes) return false;
    this.#pieces.set(piece, bytes.slice());
    this.#heldBytes += bytes.length;
    return true;
  }

  drop(piece: number): void {
    this.#heldBytes -= this.#pieces.get(piece)?.length ?? 0;
    this.#pieces.delete(piece);
  }

  pieces(): Iterable<number> {
    return this.#pieces.keys();
  }

  putManifest(page: number, signed: Uint8Array): void {
    this.#manifests.set(page, signed);
  }

  manifests(): Iterable<Uint8Array> {
    return this.#manifests.values();
  }

  close(): void {
    this.#pieces.clear();
    this.#manifests.clear();
    this.#heldBytes = 0;
  }
}
