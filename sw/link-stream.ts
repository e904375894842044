import type { Source } from "./source.ts";

/** No byte for this long although the player waits: the link has lost this stream, plain HTTP takes over. */
const STALL_MS = 1_000;

/** What a stream tells its provider. `closed` is called once the reader wants no more. */
export interface LinkStreamEvents {
  consumed(bytes: number): void;
  stalled(): void;
  closed(): void;
}

/** One stream of the link, as a source: bytes queue here up to the credit, and reading grants more. */
export class LinkStream implements Source {
  readonly path = "origin";
  readonly id: number;
  readonly #events: LinkStreamEvents;
  readonly #queue: Uint8Array[] = [];
  #final: "end" | "failed" | undefined;
  #wake: (() => void) | undefined;

  constructor(id: number, events: LinkStreamEvents) {
    this.id = id;
    this.#events = events;
  }

  data(bytes: Uint8Array): void {
    this.#queue.push(bytes);
    this.#wake?.();
  }

  end(): void {
    this.#finish("end");
  }

  fail(): void {
    this.#finish("failed");
  }

  async read(): Promise<Uint8Array | "end" | "failed"> {
    if (this.#queue.length === 0 && this.#final === undefined) await this.#arrival();
    const bytes = this.#queue.shift();
    if (bytes === undefined) return this.#final ?? "failed";
    this.#events.consumed(bytes.byteLength);
    return bytes;
  }

  cancel(): void {
    if (this.#final !== undefined) return;
    this.#finish("failed");
    this.#events.closed();
  }

  /** Waits for bytes or the end; a stall ends the stream, because one stream has one owner and HTTP is about to be it. */
  #arrival(): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(() => {
        this.#events.stalled();
        this.cancel();
      }, STALL_MS);
      this.#wake = () => {
        clearTimeout(timer);
        this.#wake = undefined;
        resolve();
      };
    });
  }

  #finish(final: "end" | "failed"): void {
    this.#final ??= final;
    this.#wake?.();
  }
}
