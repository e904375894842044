import type { Clock } from "../../../peer/clock.ts";

/** How long one answer's reader is made to wait for pieces before the app is asked instead. */
export interface Patience {
  /** A wait begins; `giveUp` is called if it lasts too long. What this returns ends it. */
  wait(giveUp: () => void): () => void;
}

/** So long, in milliseconds, for all pieces of an answer together. */
export class PatienceInAll implements Patience {
  readonly #clock: Clock;
  #leftMs: number;

  constructor(clock: Clock, inAllMs: number) {
    this.#clock = clock;
    this.#leftMs = inAllMs;
  }

  wait(giveUp: () => void): () => void {
    const sinceMs = this.#clock.nowMs();
    const cancel = this.#clock.after(this.#leftMs, giveUp);
    return () => {
      cancel();
      this.#leftMs -= this.#clock.nowMs() - sinceMs;
    };
  }
}
