/** What a simulated swarm reached. Times in milliseconds. */
export interface SwarmResult {
  /** Copies of the stream that left the origin. */
  readonly originCopies: number;
  /** Fewest it could have sent to these viewers; see swarm-sim-bound.ts. */
  readonly boundCopies: number;
  /** Time players stood still over the time they watched. */
  readonly rebuffer: number;
  readonly latencyMs: number;
  readonly startP50Ms: number;
  readonly startP95Ms: number;
  readonly starts: number;
  /** Viewers that waited more than ten seconds and saw nothing. */
  readonly neverStarted: number;
}

/** Waiting for less than this and leaving is not the swarm's fault. */
const PATIENT_MS = 10_000;

/** Collects what players see from `fromMs` on; starts count from the beginning. */
export class SwarmFigures {
  readonly #fromMs: number;
  readonly #starts: number[] = [];
  #stalledMs = 0;
  #playedMs = 0;
  #latencySumMs = 0;
  #plays = 0;
  #neverStarted = 0;

  constructor(fromMs: number) {
    this.#fromMs = fromMs;
  }

  started(joinedMs: number, nowMs: number): void {
    this.#starts.push(nowMs - joinedMs);
  }

  neverStarted(joinedMs: number, nowMs: number): void {
    if (nowMs - joinedMs > PATIENT_MS) this.#neverStarted += 1;
  }

  stalled(sinceMs: number, nowMs: number): void {
    this.#stalledMs += Math.max(0, nowMs - Math.max(sinceMs, this.#fromMs));
  }

  played(nowMs: number, lengthMs: number, latencyMs: number): void {
    if (nowMs < this.#fromMs) return;
    this.#playedMs += lengthMs;
    this.#latencySumMs += latencyMs;
    this.#plays += 1;
  }

  result(originCopies: number, bounds: readonly number[]): SwarmResult {
    const sorted = this.#starts.toSorted((a, b) => a - b);
    const quantile = (share: number): number => sorted[Math.floor(share * sorted.length)] ?? Number.NaN;
    return {
      originCopies,
      boundCopies: bounds.reduce((sum, bound) => sum + bound, 0) / bounds.length,
      rebuffer: this.#stalledMs / (this.#stalledMs + this.#playedMs),
      latencyMs: this.#latencySumMs / this.#plays,
      startP50Ms: quantile(0.5),
      startP95Ms: quantile(0.95),
      starts: sorted.length,
      neverStarted: this.#neverStarted,
    };
  }
}
