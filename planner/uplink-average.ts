/**
 * Half-lives in seconds: the fast one notices a neighbour's download within some reports, the slow one outlives a hiccup. The lower
 * of the two counts (as in hls.js): believing too little costs an idle child, believing too much a late piece.
 */
const FAST_S = 10;
const SLOW_S = 60;

/** An uplink as it was measured lately, in bits a second. */
export class UplinkAverage {
  readonly #fast = new Average(FAST_S);
  readonly #slow = new Average(SLOW_S);

  add(bps: number, seconds: number): void {
    this.#fast.add(bps, seconds);
    this.#slow.add(bps, seconds);
  }

  get bps(): number {
    return Math.min(this.#fast.value, this.#slow.value);
  }
}

/** Exponentially weighted, and right from its first sample on. */
class Average {
  readonly #halfLifeS: number;
  #sum = 0;
  #weight = 0;

  constructor(halfLifeS: number) {
    this.#halfLifeS = halfLifeS;
  }

  add(value: number, seconds: number): void {
    const kept = 0.5 ** (seconds / this.#halfLifeS);
    this.#sum = kept * this.#sum + (1 - kept) * value;
    this.#weight = kept * this.#weight + (1 - kept);
  }

  get value(): number {
    return this.#weight === 0 ? 0 : this.#sum / this.#weight;
  }
}
