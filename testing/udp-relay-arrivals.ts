/**
 * When packets really came: those that had piled up are taken to have come evenly since the last were read. A turn of the event
 * loop comes at least every millisecond, so this matters only when the machine kept the relay waiting: without it all that came
 * meanwhile would be one burst to the line's queue, and overflow it. Node reads 32 packets of a socket in a turn at most, so that a
 * pile may take several turns: it ends with the first that brings nothing.
 */
export class Arrivals {
  readonly #tick = setInterval(() => this.#rest(), 1);
  /** What waits now came after this. */
  #lastMs = performance.now();
  /** When the timer woke last. */
  #tickMs = this.#lastMs;
  #waiting: ((arrivedMs: number) => void)[] = [];

  /** A packet has been read; `take` hears when it came, before the next turn. */
  add(take: (arrivedMs: number) => void): void {
    if (this.#waiting.length === 0) setImmediate(() => this.#flushPile(0));
    this.#waiting.push(take);
  }

  stop(): void {
    clearInterval(this.#tick);
  }

  /** Nothing had come when the timer woke before this: if it wakes late, what piled up meanwhile is read after it. */
  #rest(): void {
    if (this.#waiting.length === 0) this.#lastMs = Math.max(this.#lastMs, this.#tickMs);
    this.#tickMs = performance.now();
  }

  /** Once nothing came since there were `before`. */
  #flushPile(before: number): void {
    const count = this.#waiting.length;
    if (count > before) setImmediate(() => this.#flushPile(count));
    else this.#flush();
  }

  #flush(): void {
    const nowMs = performance.now();
    const stepMs = (nowMs - this.#lastMs) / Math.max(1, this.#waiting.length);
    for (const [index, take] of this.#waiting.entries()) take(this.#lastMs + stepMs * (index + 1));
    this.#waiting = [];
    this.#lastMs = nowMs;
  }
}
