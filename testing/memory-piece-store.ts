import type { PieceStore } from "../peer/swarm/demand-ports.ts";

/** A store that forgets everything with its page. */
export class MemoryPieceStore implements PieceStore {
  capacityBytes: number;
  readonly held = new Map<number, Uint8Array>();
  readonly signed = new Map<number, Uint8Array>();
  /** Set: nothing can be written. */
  broken = false;
  #heldBytes = 0;

  constructor(capacityBytes = 2 ** 31) {
    this.capacityBytes = capacityBytes;
  }

  get heldBytes(): number {
    return this.#heldBytes;
  }

  has(piece: number): boolean {
    return this.held.has(piece);
  }

  get(piece: number): Uint8Array<ArrayBuffer> | undefined {
    return this.held.get(piece) as Uint8Array<ArrayBuffer> | undefined;
  }

  put(piece: number, bytes: Uint8Array): boolean {
    this.drop(piece);
    if (this.broken || this.#heldBytes + bytes.length > this.capacityBytes) return false;
    this.held.set(piece, bytes);
    this.#heldBytes += bytes.length;
    return true;
  }

  drop(piece: number): void {
    this.#heldBytes -= this.held.get(piece)?.length ?? 0;
    this.held.delete(piece);
  }

  pieces(): Iterable<number> {
    return this.held.keys();
  }

  putManifest(page: number, signed: Uint8Array): void {
    this.signed.set(page, signed);
  }

  manifests(): Iterable<Uint8Array> {
    return this.signed.values();
  }

  close(): void {}
}
