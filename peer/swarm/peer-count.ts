import type { PeerTally } from "./member-ports.ts";

/** What one peer did for us since it was last asked about. */
export class PeerCount {
  #bytes = 0;
  #busyBytes = 0;
  #busyMs = 0;
  #missed = 0;
  /** When its last piece was whole, if it was known to have more for us then; undefined: it may have been idle since. */
  #busySinceMs: number | undefined;

  /** A piece came; `owesMore`: the peer is known to have another one for us. */
  came(bytes: number, owesMore: boolean, nowMs: number): void {
    this.#bytes += bytes;
    if (this.#busySinceMs !== undefined) {
      this.#busyBytes += bytes;
      this.#busyMs += nowMs - this.#busySinceMs;
    }
    this.#busySinceMs = owesMore ? nowMs : undefined;
  }

  missed(): void {
    this.#missed += 1;
  }

  /** Undefined if nothing happened. */
  take(peer: number): PeerTally | undefined {
    const tally = {
      peer,
      bytes: this.#bytes,
      busyBytes: this.#busyBytes,
      busyMs: this.#busyMs,
      missed: this.#missed,
    };
    this.#bytes = 0;
    this.#busyBytes = 0;
    this.#busyMs = 0;
    this.#missed = 0;
    return tally.bytes > 0 || tally.missed > 0 ? tally : undefined;
  }
}
