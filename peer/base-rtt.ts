/**
 * Drains of all links happen at the same moments of the clock: one process may feed many links through one uplink, and only when
 * all of them hold back does its queue run empty and show everyone the same base.
 */
const DRAIN_EVERY_MS = 3_000;
/** Reads kept: a base that has truly grown is believed after this many drains. */
const READS = 3;

/**
 * The round trip of the empty road, relearned by drains. A drain takes two rounds: one with half the window, in which the queue
 * empties, and one that still reads the ACKs of its last frames. The cost is half a round trip every 3 s.
 */
export class BaseRtt {
  #ms = Number.POSITIVE_INFINITY;
  #phase: "none" | "emptying" | "reading" = "none";
  #readMs = Number.POSITIVE_INFINITY;
  #reads: number[] = [];
  #turn: number | undefined;

  /** Infinity before the first sample. */
  get ms(): number {
    return this.#ms;
  }

  /** The window is to be halved just now. */
  get emptying(): boolean {
    return this.#phase === "emptying";
  }

  sample(rttMs: number): void {
    this.#ms = Math.min(this.#ms, rttMs);
    this.#readMs = Math.min(this.#readMs, rttMs);
  }

  /** Once a round; true while a drain is on: the rounds then say nothing about the window. `tiny`: the window is too small to queue. */
  endRound(nowMs: number, tiny: boolean): boolean {
    const turn = Math.floor(nowMs / DRAIN_EVERY_MS);
    this.#turn ??= turn;
    if (this.#phase === "none" && turn === this.#turn) return false;
    if (this.#phase === "reading") this.#believe(tiny);
    else if (this.#phase === "none") this.#readMs = Number.POSITIVE_INFINITY;
    this.#phase = this.#phase === "none" ? "emptying" : this.#phase === "emptying" ? "reading" : "none";
    this.#turn = turn;
    return true;
  }

  #believe(tiny: boolean): void {
    // A long round trip with next to nothing in flight is no queue of ours: the road has changed, or others fill it.
    this.#reads = tiny
      ? [this.#readMs]
      : [...(this.#reads.length === 0 ? [this.#ms] : this.#reads), this.#readMs].slice(-READS);
    this.#ms = Math.min(...this.#reads);
  }
}
