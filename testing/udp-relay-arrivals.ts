/**
 * When packets really came: those read in one turn of the event loop are taken to have come evenly since the turn before. A turn
 * comes at least every millisecond, so this matters only when the machine kept the relay waiting: without it all that came
 * meanwhile would be one burst to the line's queue, and overflow it.
 */
export class Arrivals {
  readonly #tick = setInterval(() => this.#flush(), 1);
  #lastMs = performance.now();
  #waiting: ((arrivedMs: number) => void)[] = [];

  /** A packet has been read; `take` hears when it came, before the next turn. */
  add(take: (arrivedMs: number) => void): void {
    if (this.#waiting.length === 0) setImmediate(() => this.#flush());
    this.#waiting.push(take);
  }

  stop(): void {
    clearInterval(this.#tick);
  }

  #flush(): void {
    const nowMs = performance.now();
    const stepMs = (nowMs - this.#lastMs) / Math.max(1, this.#waiting.length);
    for (const [index, take] of this.#waiting.entries()) take(this.#lastMs + stepMs * (index + 1));
    this.#waiting = [];
    this.#lastMs = nowMs;
  }
}
