/** What one ACK says about the road: how long its newest frame took, and how much has arrived in all. */
export interface Sample {
  readonly rttMs: number;
  readonly newBytes: number;
}

/** The frames on their way: sent, not yet acknowledged. Bytes count whole frames, headers included. */
export class Flight {
  readonly #frames: { readonly endBytes: number; readonly sentMs: number }[] = [];
  #head = 0;
  #sentBytes = 0;
  #ackedBytes = 0;

  get sentBytes(): number {
    return this.#sentBytes;
  }

  get ackedBytes(): number {
    return this.#ackedBytes;
  }

  get bytes(): number {
    return this.#sentBytes - this.#ackedBytes;
  }

  sent(bytes: number, nowMs: number): void {
    this.#sentBytes += bytes;
    this.#frames.push({ endBytes: this.#sentBytes, sentMs: nowMs });
  }

  /** Takes the peer's total. "stale" if it says nothing new, "impossible" if it claims more than was sent. */
  acked(totalBytes: number, nowMs: number): Sample | "stale" | "impossible" {
    if (totalBytes > this.#sentBytes) return "impossible";
    if (totalBytes <= this.#ackedBytes) return "stale";
    const newBytes = totalBytes - this.#ackedBytes;
    this.#ackedBytes = totalBytes;
    const sentMs = this.#dropUntil(totalBytes);
    return sentMs === undefined ? "stale" : { rttMs: nowMs - sentMs, newBytes };
  }

  /** Forgets frames that end at or before this total; returns when the last of them was sent. */
  #dropUntil(totalBytes: number): number | undefined {
    let sentMs: number | undefined;
    for (
      let frame = this.#frames[this.#head];
      frame && frame.endBytes <= totalBytes;
      frame = this.#frames[this.#head]
    ) {
      sentMs = frame.sentMs;
      this.#head += 1;
    }
    if (this.#head > 1_024 || this.#head === this.#frames.length) {
      this.#frames.splice(0, this.#head);
      this.#head = 0;
    }
    return sentMs;
  }
}
