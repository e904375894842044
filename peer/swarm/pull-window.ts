/** What may be asked of a peer that nothing is known of: a quarter of a second at 16 Mbit/s. */
const START_BYTES = 524_288;
const LEAST_BYTES = 131_072;
/** Half a second at 67 Mbit/s; beyond that a link is fast enough. */
const MOST_BYTES = 4_194_304;
/** Pieces that come sooner than this, the round trip aside, were asked too sparingly; such that come later, too greedily. */
const SOON_MS = 500;
const LATE_MS = 1_000;

/**
 * How many bytes are asked of one peer at once: what it sends in about half a second. More would wait in its queue while others could
 * send it, less would leave its line idle.
 */
export class PullWindow {
  #bytes = START_BYTES;

  get bytes(): number {
    return this.#bytes;
  }

  /** Whether a piece of this length may be asked beside `askedBytes`: two of any length always. */
  hasRoom(askedBytes: number, lengthBytes: number): boolean {
    return askedBytes + lengthBytes <= Math.max(this.#bytes, 2 * lengthBytes);
  }

  /** A piece came; `askedBytes` were outstanding, this one included. */
  came(lengthBytes: number, ageMs: number, rttMs: number, askedBytes: number): void {
    const waitMs = ageMs - rttMs;
    if (waitMs > LATE_MS) this.#bytes = Math.max(LEAST_BYTES, this.#bytes - lengthBytes / 2);
    else if (waitMs < SOON_MS && askedBytes + lengthBytes > this.#bytes)
      this.#bytes = Math.min(MOST_BYTES, this.#bytes + lengthBytes);
  }

  /** It put us off: it sends to others too. */
  putOff(): void {
    this.#bytes = Math.max(LEAST_BYTES, this.#bytes / 2);
  }

  /** It did not answer. */
  failed(): void {
    this.#bytes = LEAST_BYTES;
  }
}
