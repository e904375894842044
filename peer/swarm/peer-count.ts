import type { PeerTally } from "./member-ports.ts";

/** What one peer did for us since it was last asked about. */
export class PeerCount {
  #bytes = 0;
  #busyBytes = 0;
  #busyMs = 0;
  #missed = 0;
  /** When its last piece was whole, and which others it was known to be about to send us then. */
  #busySinceMs = 0;
  #owed: ReadonlySet<number> | undefined;

  /**
   * A piece came; `owed`: those the peer is known to be about to send us now. Only a piece that was owed tells how fast it sends: between
   * others it may have been idle, or spared because we had them elsewhere.
   */
  came(piece: number, bytes: number, owed: ReadonlySet<number> | undefined, nowMs: number): void {
    this.#bytes += bytes;
    if (this.#owed?.has(piece)) {
      this.#busyBytes += bytes;
      this.#busyMs += nowMs - this.#busySinceMs;
    }
    this.#busySinceMs = nowMs;
    this.#owed = owed;
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
