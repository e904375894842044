import type { Body } from "../peer/body.ts";

/** A body over bytes at hand, read as asked. */
export class BytesBody implements Body {
  readonly #bytes: Uint8Array;
  #at = 0;
  cancelled = false;
  onReadable: () => void = () => {};

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  read(maxBytes: number): Uint8Array | "end" {
    if (this.#at === this.#bytes.length) return "end";
    const chunk = this.#bytes.subarray(this.#at, this.#at + maxBytes);
    this.#at += chunk.length;
    return chunk;
  }

  cancel(): void {
    this.cancelled = true;
  }
}

/** A body that never ends: zeros, as many as asked for. */
export class EndlessBody implements Body {
  readonly #zeros = new Uint8Array(65_536);
  onReadable: () => void = () => {};

  read(maxBytes: number): Uint8Array {
    return this.#zeros.subarray(0, maxBytes);
  }

  cancel(): void {}
}

/** A body the test feeds: "wait" until something was pushed. */
export class FedBody implements Body {
  #queue: Uint8Array[] = [];
  #last: "wait" | "end" | "broken" = "wait";
  cancelled = false;
  onReadable: () => void = () => {};

  feed(...chunks: Uint8Array[]): void {
    this.#queue.push(...chunks);
    this.onReadable();
  }

  finish(how: "end" | "broken"): void {
    this.#last = how;
    this.onReadable();
  }

  read(maxBytes: number): Uint8Array | "wait" | "end" | "broken" {
    const [first] = this.#queue;
    if (first === undefined) return this.#last;
    if (first.length > maxBytes) this.#queue[0] = first.subarray(maxBytes);
    else this.#queue.shift();
    return first.subarray(0, maxBytes);
  }

  cancel(): void {
    this.cancelled = true;
  }
}
