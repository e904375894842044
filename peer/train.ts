/** ACKs closer together than this came in one batch: the gaps within it say nothing. */
const BATCH_MS = 0.3;

interface Mark {
  readonly firstMs: number;
  lastMs: number;
  ackedBytes: number;
}

/**
 * Frames that left in one burst arrive as far apart as the narrowest part of the road allows: the highest rate over any long
 * stretch of their ACKs is about the rate of the line.
 */
export class Train {
  readonly #marks: Mark[] = [];
  #bytesPerMs = 0;

  /** 0 while nothing is known. */
  get bytesPerMs(): number {
    return this.#bytesPerMs;
  }

  /** A new burst begins: what comes is no continuation of what came. */
  startBurst(): void {
    this.#marks.length = 0;
  }

  /** Takes the total acknowledged. A gap of `breakMs` ends the burst; only stretches of at least `stretchBytes` count. */
  acked(ackedBytes: number, nowMs: number, stretchBytes: number, breakMs: number): void {
    const last = this.#marks.at(-1);
    if (last !== undefined && nowMs - last.firstMs < BATCH_MS) {
      last.lastMs = nowMs;
      last.ackedBytes = ackedBytes;
      return;
    }
    if (last !== undefined && nowMs - last.lastMs > breakMs) this.startBurst();
    this.#marks.push({ firstMs: nowMs, lastMs: nowMs, ackedBytes });
    for (let first = this.#marks[0]; first !== undefined; first = this.#marks[0]) {
      const bytes = ackedBytes - first.ackedBytes;
      if (bytes < stretchBytes) return;
      this.#bytesPerMs = Math.max(this.#bytesPerMs, bytes / (nowMs - first.lastMs));
      this.#marks.shift();
    }
  }
}
