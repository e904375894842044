import type { Clock } from "../peer/clock.ts";

interface Timer {
  readonly dueMs: number;
  readonly order: number;
  run: (() => void) | undefined;
}

/** A clock that stands still until a test advances it; timers run in the order of their times, equal ones as they were set. */
export class TestClock implements Clock {
  /** A binary heap, the next timer first. */
  readonly #timers: Timer[] = [];
  #nowMs = 0;
  #order = 0;

  nowMs(): number {
    return this.#nowMs;
  }

  after(delayMs: number, run: () => void): () => void {
    const timer: Timer = { dueMs: this.#nowMs + Math.max(0, delayMs), order: this.#order, run };
    this.#order += 1;
    this.#timers.push(timer);
    this.#rise(this.#timers.length - 1);
    return () => {
      timer.run = undefined;
    };
  }

  /** Lets `ms` pass and runs what falls due, timers set meanwhile included. */
  advance(ms: number): void {
    const untilMs = this.#nowMs + ms;
    for (let next = this.#timers[0]; next !== undefined && next.dueMs <= untilMs; next = this.#timers[0]) {
      this.#takeFirst();
      if (next.run === undefined) continue;
      this.#nowMs = next.dueMs;
      next.run();
    }
    this.#nowMs = untilMs;
  }

  /** How many timers are set: 0 means that nothing would ever happen by itself. */
  pending(): number {
    return this.#timers.filter((timer) => timer.run !== undefined).length;
  }

  #takeFirst(): void {
    const last = this.#timers.pop();
    if (last === undefined || this.#timers.length === 0) return;
    this.#timers[0] = last;
    this.#sink(0);
  }

  #rise(from: number): void {
    const timers = this.#timers;
    const timer = timers[from] as Timer;
    let at = from;
    while (at > 0) {
      const above = (at - 1) >> 1;
      const other = timers[above] as Timer;
      if (!isBefore(timer, other)) break;
      timers[at] = other;
      at = above;
    }
    timers[at] = timer;
  }

  #sink(from: number): void {
    const timers = this.#timers;
    const timer = timers[from] as Timer;
    let at = from;
    for (;;) {
      let below = 2 * at + 1;
      let next = timers[below];
      if (next === undefined) break;
      const right = timers[below + 1];
      if (right !== undefined && isBefore(right, next)) {
        next = right;
        below += 1;
      }
      if (!isBefore(next, timer)) break;
      timers[at] = next;
      at = below;
    }
    timers[at] = timer;
  }
}

function isBefore(a: Timer, b: Timer): boolean {
  return a.dueMs < b.dueMs || (a.dueMs === b.dueMs && a.order < b.order);
}
