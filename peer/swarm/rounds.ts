import type { Clock } from "../clock.ts";

/** How often a member tells what it holds, and looks for what is late. */
const ROUND_MS = 200;

/** When a member looks after its affairs: in rounds while there is anything to look after, and soon after something has changed. */
export class Rounds {
  readonly #clock: Clock;
  readonly #onRound: () => boolean;
  readonly #onSoon: () => void;
  #cancelRound: (() => void) | undefined;
  #cancelSoon: (() => void) | undefined;
  #soonMs = Number.POSITIVE_INFINITY;
  #closed = false;

  /** `onRound` says whether another round is needed. */
  constructor(clock: Clock, onRound: () => boolean, onSoon: () => void) {
    this.#clock = clock;
    this.#onRound = onRound;
    this.#onSoon = onSoon;
  }

  /** Begins rounds, unless they run. */
  start(): void {
    if (this.#closed) return;
    this.#cancelRound ??= this.#clock.after(ROUND_MS, () => {
      this.#cancelRound = undefined;
      if (this.#onRound()) this.start();
    });
  }

  /** Once whatever happens now has happened, or within that time: several causes make one look. */
  soon(delayMs = 0): void {
    const dueMs = this.#clock.nowMs() + delayMs;
    if (this.#closed || dueMs >= this.#soonMs) return;
    this.#cancelSoon?.();
    this.#soonMs = dueMs;
    this.#cancelSoon = this.#clock.after(delayMs, () => {
      this.#soonMs = Number.POSITIVE_INFINITY;
      this.#onSoon();
    });
  }

  close(): void {
    this.#closed = true;
    this.#cancelRound?.();
    this.#cancelSoon?.();
  }
}
