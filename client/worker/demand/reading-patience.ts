import type { Clock } from "../../../peer/clock.ts";
import type { Patience } from "../swarm/patience.ts";

/** Who has been sent nothing yet waits this long and as much longer as the piece takes on a line of 2 Mbit/s; then the app is asked. */
const FIRST_MS = 1_000;
const SLOW_LINE_BYTES_PER_MS = 256;
/** Later on each piece is waited for anew, while others come: players have some seconds in hand, and downloads all the time there is. */
const MOST_MS = 4_000;
const SILENT_MS = 1_500;
/** The service worker bears 1 s of silence from what it takes for the origin's link. */
const LOOK_MS = 400;

export interface ReadingPatienceOptions {
  readonly clock: Clock;
  readonly pieceBytes: number;
  /** The reader was sent something before. */
  readonly isBegun: boolean;
  /** When any piece of the content last came, in time of the clock. */
  readonly cameMs: () => number;
  /** Has the service worker know that the stream is alive. */
  readonly onWaiting: () => void;
}

/** For on-demand content, whose bodies may take an hour: one is given up only where its swarm stands still, or runs late for longer than any player bears. */
export class ReadingPatience implements Patience {
  readonly #options: ReadingPatienceOptions;
  #isBegun: boolean;

  constructor(options: ReadingPatienceOptions) {
    this.#options = options;
    this.#isBegun = options.isBegun;
  }

  wait(giveUp: () => void): () => void {
    const { clock } = this.#options;
    const sinceMs = clock.nowMs();
    let cancel = (): void => {};
    const look = (): void => {
      if (this.#isEnough(sinceMs)) return giveUp();
      if (this.#isBegun) this.#options.onWaiting();
      cancel = clock.after(Math.min(LOOK_MS, this.#leftMs(sinceMs)), look);
    };
    cancel = clock.after(Math.min(LOOK_MS, this.#leftMs(sinceMs)), look);
    return () => {
      cancel();
      this.#isBegun = true;
    };
  }

  #isEnough(sinceMs: number): boolean {
    const silentMs = this.#options.clock.nowMs() - Math.max(sinceMs, this.#options.cameMs());
    return this.#leftMs(sinceMs) <= 0 || (this.#isBegun && silentMs >= SILENT_MS);
  }

  #leftMs(sinceMs: number): number {
    const { clock, pieceBytes } = this.#options;
    const mostMs = this.#isBegun ? MOST_MS : FIRST_MS + pieceBytes / SLOW_LINE_BYTES_PER_MS;
    return sinceMs + mostMs - clock.nowMs();
  }
}
