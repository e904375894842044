import type { Readable } from "node:stream";
import type { Body } from "../../peer/body.ts";

/**
 * A paused stream as a body: nothing is read before the sender may send it, so the stream holds at most its own highWaterMark and
 * its source waits. A stream that closes before its end, or fails, is `broken`. The stream must yield bytes and have no other reader.
 */
export function readableBody(stream: Readable): Body {
  return new ReadableBody(stream);
}

class ReadableBody implements Body {
  readonly #stream: Readable;
  #state: "open" | "end" | "broken";
  onReadable = (): void => {};

  constructor(stream: Readable) {
    this.#stream = stream;
    this.#state = stream.destroyed || stream.errored !== null ? "broken" : "open";
    stream.pause();
    stream.on("readable", () => this.onReadable());
    stream.once("end", () => this.#finish("end"));
    stream.once("close", () => this.#finish("broken"));
    // Stays: a stream that fails twice, or after cancel, must not end the process.
    stream.on("error", () => this.#finish("broken"));
  }

  read(maxBytes: number): Uint8Array | "wait" | "end" | "broken" {
    if (this.#state !== "open") return this.#state;
    // Makes an empty stream fetch more, or notice its end; without a size it would hand out whatever came, however much.
    if (this.#stream.readableLength === 0) this.#stream.read(0);
    const bytes = Math.min(maxBytes, this.#stream.readableLength);
    const chunk: Buffer | null = bytes === 0 ? null : this.#stream.read(bytes);
    return chunk ?? "wait";
  }

  cancel(): void {
    this.#state = "broken";
    this.onReadable = () => {};
    this.#stream.destroy();
  }

  #finish(state: "end" | "broken"): void {
    if (this.#state !== "open") return;
    this.#state = state;
    this.onReadable();
  }
}
