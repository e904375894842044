import type { Note } from "../protocol/note.ts";
import type { BytePath } from "../protocol/page-port.ts";
import type { Source } from "./source.ts";

/** The Tuber worker waits 300 ms at most before it says what it knows; one that says nothing is frozen. */
const NOTE_MS = 1_000;

/** What a stream tells its provider. `closed` is called once the reader wants no more. */
export interface LinkStreamEvents {
  consumed(bytes: number): void;
  stalled(): void;
  closed(): void;
}

/** One stream of the link, as a source: bytes queue here up to the credit, and reading grants more. */
export class LinkStream implements Source {
  path: BytePath = "origin";
  readonly id: number;
  readonly #stallMs: number;
  readonly #events: LinkStreamEvents;
  readonly #queue: [Uint8Array, BytePath][] = [];
  #note: Note | undefined;
  #final: "end" | "failed" | undefined;
  #wake: (() => void) | undefined;

  /** No byte for `stallMs` although the player waits: the link has lost this stream, plain HTTP takes over. */
  constructor(id: number, stallMs: number, events: LinkStreamEvents) {
    this.id = id;
    this.#stallMs = stallMs;
    this.#events = events;
  }

  /** What the stream was asked for is known, and this stands before its bytes. */
  found(note: Note): void {
    this.#note = note;
    this.#wake?.();
  }

  /** The note before the bytes, or undefined if what was asked for is not known. */
  async note(): Promise<Note | undefined> {
    await this.#arrival(NOTE_MS);
    return this.#note;
  }

  data(bytes: Uint8Array, path: BytePath): void {
    this.#queue.push([bytes, path]);
    this.#wake?.();
  }

  /** Nothing more will come. */
  finish(final: "end" | "failed"): void {
    this.#final ??= final;
    this.#wake?.();
  }

  async read(): Promise<Uint8Array | "end" | "failed"> {
    if (this.#queue.length === 0 && this.#final === undefined) await this.#arrival(this.#stallMs);
    const next = this.#queue.shift();
    if (next === undefined) return this.#final ?? "failed";
    const [bytes, path] = next;
    this.path = path;
    this.#events.consumed(bytes.byteLength);
    return bytes;
  }

  cancel(): void {
    if (this.#final !== undefined) return;
    this.finish("failed");
    this.#events.closed();
  }

  /** Waits for bytes or the end; a stall ends the stream, because one stream has one owner and HTTP is about to be it. */
  #arrival(stallMs: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(() => {
        this.#events.stalled();
        this.cancel();
      }, stallMs);
      this.#wake = () => {
        clearTimeout(timer);
        this.#wake = undefined;
        resolve();
      };
    });
  }
}
