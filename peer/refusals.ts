import { STREAM_CREDIT_BYTES } from "../protocol/limits.ts";

/** Faulty bytes forgiven at once: an honest peer sends none, a confused one at most a stream's credit. */
const FORGIVEN_BYTES = STREAM_CREDIT_BYTES;
/** Forgiven in the long run, bytes a second: pieces that crossed our word on the way, in a visit of hours. */
const FORGIVEN_BYTES_PER_S = 16_384;

/** And of all that comes: two that bring the same piece at the same moment. */
const FORGIVEN_SHARE = 0.1;

/** What was dropped as faulty, and whether it is too much. */
export class Refusals {
  #chargedBytes = 0;
  #atMs = 0;

  /** So many bytes of pieces came, of use or not. */
  came(bytes: number): void {
    this.#chargedBytes = Math.max(0, this.#chargedBytes - FORGIVEN_SHARE * bytes);
  }

  /** Counts a dropped message; true if that is more than can be forgiven. */
  add(bytes: number, nowMs: number): boolean {
    const forgivenBytes = ((nowMs - this.#atMs) / 1000) * FORGIVEN_BYTES_PER_S;
    this.#chargedBytes = Math.max(0, this.#chargedBytes - forgivenBytes) + bytes;
    this.#atMs = nowMs;
    return this.#chargedBytes > FORGIVEN_BYTES;
  }
}
