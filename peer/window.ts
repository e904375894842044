import { MAX_FRAME_BYTES } from "../protocol/limits.ts";
import { Flight } from "./flight.ts";

/** What may be in flight before anything is known: the usual first burst of a CDN (a TCP initial window of about 20 packets). */
const FIRST_WINDOW_BYTES = 32_768;
const SMALLEST_WINDOW_BYTES = 4_096;
const LARGEST_WINDOW_BYTES = 16_777_216;
const SMALLEST_FRAME_BYTES = 1_200;

/** How much a link may have in flight: a delay-based congestion window. */
export class Window {
  readonly #flight = new Flight();
  #windowBytes = FIRST_WINDOW_BYTES;
  #baseMs = Number.POSITIVE_INFINITY;
  #rttMs = 0;
  #roundEndBytes = 0;
  #roundRttMs = Number.POSITIVE_INFINITY;
  #limited = false;

  get bytes(): number {
    return this.#windowBytes;
  }

  get flight(): Flight {
    return this.#flight;
  }

  /** Newest round trip, queueing included; 0 before the first. */
  get rttMs(): number {
    return this.#rttMs;
  }

  /** Size of the next frame, header included. */
  frameBytes(): number {
    return Math.min(MAX_FRAME_BYTES, Math.max(SMALLEST_FRAME_BYTES, Math.floor(this.#windowBytes / 8)));
  }

  /** Milliseconds until the next frame may go: 0 = now, Infinity = not before an ACK. Ask only with bytes at hand. */
  admitMs(_nowMs: number): number {
    if (this.#flight.bytes < this.#windowBytes) return 0;
    this.#limited = true;
    return Number.POSITIVE_INFINITY;
  }

  sent(bytes: number, nowMs: number): void {
    this.#flight.sent(bytes, nowMs);
  }

  /** Takes the peer's total of received bytes; false if it claims more than was sent. */
  acked(totalBytes: number, nowMs: number): boolean {
    const sample = this.#flight.acked(totalBytes, nowMs);
    if (sample === "impossible") return false;
    if (sample === "stale") return true;
    this.#rttMs = sample.rttMs;
    this.#baseMs = Math.min(this.#baseMs, sample.rttMs);
    this.#roundRttMs = Math.min(this.#roundRttMs, sample.rttMs);
    if (totalBytes >= this.#roundEndBytes) this.#endRound();
    return true;
  }

  #endRound(): void {
    const target = (this.#windowBytes * (this.#baseMs + 5)) / this.#roundRttMs + 8_192;
    if (target < this.#windowBytes || this.#limited) {
      const next = Math.min(this.#windowBytes * 2, (this.#windowBytes + target) / 2);
      this.#windowBytes = Math.min(LARGEST_WINDOW_BYTES, Math.max(SMALLEST_WINDOW_BYTES, next));
    }
    this.#limited = false;
    this.#roundRttMs = Number.POSITIVE_INFINITY;
    this.#roundEndBytes = this.#flight.sentBytes;
  }
}
