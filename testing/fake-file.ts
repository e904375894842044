import type { SyncFile } from "../client/worker/store/sync-file.ts";

/** A file in memory with the calls of a worker's file handle. */
export class FakeFile implements SyncFile {
  bytes = new Uint8Array();
  closed = false;
  /** No longer than this: a write beyond throws, as browsers do when the quota is used up. */
  maxBytes = Number.POSITIVE_INFINITY;

  read(into: Uint8Array<ArrayBuffer>, { at }: { readonly at: number }): number {
    const part = this.#open().subarray(at, at + into.length);
    into.set(part);
    return part.length;
  }

  write(bytes: Uint8Array<ArrayBuffer>, { at }: { readonly at: number }): number {
    const endBytes = at + bytes.length;
    if (endBytes > this.maxBytes) throw new Error("QuotaExceededError");
    if (endBytes > this.#open().length) this.truncate(endBytes);
    this.bytes.set(bytes, at);
    return bytes.length;
  }

  truncate(sizeBytes: number): void {
    const next = new Uint8Array(sizeBytes);
    next.set(this.#open().subarray(0, sizeBytes));
    this.bytes = next;
  }

  getSize(): number {
    return this.#open().length;
  }

  close(): void {
    this.closed = true;
  }

  /** The same file opened again. */
  reopen(): this {
    this.closed = false;
    return this;
  }

  #open(): Uint8Array {
    if (this.closed) throw new Error("InvalidStateError");
    return this.bytes;
  }
}
