/** Rounds a rate is remembered: long enough to outlive a hiccup of either machine, short enough that a slower line is soon believed. */
const MEMORY_ROUNDS = 12;

interface Round {
  readonly bytes: number;
  readonly ms: number;
}

/**
 * The best rate of the last rounds, as BBR's bandwidth filter: a busy machine makes ACKs late, which looks like a queue, but it
 * never makes the line faster. Each rate is that of two rounds together, because late ACKs come in a bunch with the next ones.
 */
export class DeliveryRate {
  #last: Round | undefined;
  readonly #bytesPerMs: number[] = [];

  /** 0 while nothing is known. */
  get bestBytesPerMs(): number {
    return Math.max(0, ...this.#bytesPerMs);
  }

  /** A round ended in which `bytes` were acknowledged in `ms`. */
  endRound(bytes: number, ms: number): void {
    if (this.#last && ms > 0) {
      this.#bytesPerMs.push((this.#last.bytes + bytes) / (this.#last.ms + ms));
      if (this.#bytesPerMs.length > MEMORY_ROUNDS) this.#bytesPerMs.shift();
    }
    this.#last = { bytes, ms };
  }

  /** The line has become slower: what was, counts no more. */
  forget(): void {
    this.#last = undefined;
    this.#bytesPerMs.length = 0;
  }
}
