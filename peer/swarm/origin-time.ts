import type { Clock } from "../clock.ts";

/**
 * The origin's clock as far as a viewer can know it: at least what its newest manifest says, plus the time since. Old manifests
 * shown again change nothing, so nobody can turn it back.
 */
export class OriginTime {
  readonly #clock: Clock;
  #aheadMs = Number.NEGATIVE_INFINITY;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** A verified manifest was signed at `timeMs` of the origin's clock. */
  learn(timeMs: number): void {
    this.#aheadMs = Math.max(this.#aheadMs, timeMs - this.#clock.nowMs());
  }

  /** Milliseconds of the origin's clock; undefined before the first manifest. */
  nowMs(): number | undefined {
    return Number.isFinite(this.#aheadMs) ? this.#clock.nowMs() + this.#aheadMs : undefined;
  }
}
