import type { FailReason } from "../protocol/frame.ts";

/** Why a stream ended early: the sender said so, the sender broke the rules, or the link is gone. */
export type ReceiveFailure = FailReason | "malformed" | "closed";

/** Where a stream's bytes go. Exactly one of `end` and `fail` is called, once and last; neither after the reader's own cancel. */
export interface StreamSink {
  /** The next bytes, `offset` that of the first. The bytes are the sink's to keep. */
  data(bytes: Uint8Array, offset: number): void;
  /** The stream is whole; `offset` is its end. */
  end(offset: number): void;
  fail(reason: ReceiveFailure): void;
}

/** One stream as it arrives: gapless, within the credit. */
export class Incoming {
  readonly sink: StreamSink;
  readonly #windowBytes: number;
  /** Offset of the next byte; undefined until the first frame says where the stream starts. */
  #next: number | undefined;
  #consumed: number | undefined;
  #limit: number;

  constructor(sink: StreamSink, start: number | null, windowBytes: number) {
    this.sink = sink;
    this.#windowBytes = windowBytes;
    this.#limit = 0;
    if (start !== null) this.#startAt(start);
  }

  /** Bytes that may still come without a further grant. */
  get creditBytes(): number {
    return this.#next === undefined ? this.#windowBytes : this.#limit - this.#next;
  }

  /** Whether these bytes are exactly what may come next; if so they count as received. */
  accept(offset: number, bytes: number): boolean {
    if (!this.isAt(offset) || bytes > this.creditBytes) return false;
    this.#next = offset + bytes;
    return true;
  }

  /** Whether the stream stands at this offset (a stream without a start takes it as such). */
  isAt(offset: number): boolean {
    if (this.#next === undefined) this.#startAt(offset);
    return this.#next === offset;
  }

  /** The reader took bytes: returns the new limit to grant, or undefined while less than half the window is used up. */
  consumed(bytes: number): number | undefined {
    if (this.#next === undefined || this.#consumed === undefined) return undefined;
    this.#consumed = Math.min(this.#next, this.#consumed + bytes);
    const limit = this.#consumed + this.#windowBytes;
    if (limit - this.#limit < this.#windowBytes / 2) return undefined;
    this.#limit = limit;
    return limit;
  }

  #startAt(offset: number): void {
    this.#next = offset;
    this.#consumed = offset;
    this.#limit = offset + this.#windowBytes;
  }
}
