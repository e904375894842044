/**
 * How late a timer may wake and be made up for in one burst. Timers of Node and of browsers are good to 1-2 ms; a longer burst would
 * fill the queue of a small router.
 */
const CATCH_UP_MS = 2;
/** No timer is that exact, and a clock of doubles may never reach a moment closer than this. */
const LEAST_WAIT_MS = 0.01;

/** Spreads sends over time: says when the next may go. */
export class Pacer {
  #nextMs = Number.NEGATIVE_INFINITY;

  waitMs(nowMs: number): number {
    const waitMs = this.#nextMs - nowMs;
    return waitMs > LEAST_WAIT_MS ? waitMs : 0;
  }

  sent(bytes: number, bytesPerMs: number, nowMs: number): void {
    this.#nextMs = Math.max(this.#nextMs, nowMs - CATCH_UP_MS) + bytes / bytesPerMs;
  }
}
