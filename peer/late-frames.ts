import { MAX_STREAMS } from "../protocol/limits.ts";

/**
 * Streams this side gave up, and how much of each may still be on its way: those bytes are late, not unasked. Only the newest
 * are kept; numbers are never used twice, so a forgotten one merely counts as unasked.
 */
export class LateFrames {
  readonly #restBytes = new Map<number, number>();

  /** Frames of this stream may still come, carrying at most `creditBytes`. */
  expect(stream: number, creditBytes: number): void {
    this.#restBytes.set(stream, creditBytes);
    for (const oldest of this.#restBytes.keys()) {
      if (this.#restBytes.size <= MAX_STREAMS) break;
      this.#restBytes.delete(oldest);
    }
  }

  knows(stream: number): boolean {
    return this.#restBytes.has(stream);
  }

  /** Whether these bytes are late; if so they count. */
  take(stream: number, bytes: number): boolean {
    const restBytes = this.#restBytes.get(stream);
    if (restBytes === undefined || bytes > restBytes) return false;
    this.#restBytes.set(stream, restBytes - bytes);
    return true;
  }

  /** The sender has ended the stream: nothing more of it can come. */
  ended(stream: number): boolean {
    return this.#restBytes.delete(stream);
  }
}
