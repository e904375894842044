import type { Clock } from "../../../peer/clock.ts";

/** The origin's time as far as it is known: never ahead of it, because every manifest was signed before it came. */
export class OriginClock {
  readonly #clock: Clock;
  #aheadMs: number | undefined;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** A verified manifest said that it was this time when it was signed. */
  heard(timeMs: number): void {
    this.#aheadMs = Math.max(this.#aheadMs ?? Number.NEGATIVE_INFINITY, timeMs - this.#clock.nowMs());
  }

  /** Milliseconds of the origin's clock; undefined before the first manifest. */
  nowMs(): number | undefined {
    return this.#aheadMs === undefined ? undefined : this.#clock.nowMs() + this.#aheadMs;
  }
}
