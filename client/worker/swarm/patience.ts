import type { Clock } from "../../../peer/clock.ts";

/** How long one answer's reader is made to wait for pieces before the app is asked instead. */
export interface Patience {
  /** A wait begins; `giveUp` is called if it lasts too long. What this returns ends it. */
  wait(giveUp: () => void): () => void;
}

/** A segment whose pieces the player has waited for this long in all is had over HTTP: the player has some seconds in hand. */
const IN_ALL_MS = 2_500;

/** So long for all pieces of an answer together. */
export class PatienceInAll implements Patience {
  readonly #clock: Clock;
  #leftMs = IN_ALL_MS;

  constructor(clock: Clock) {
    this.#clock = clock;
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
