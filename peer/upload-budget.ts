import type { Clock } from "./clock.ts";

/** What this peer may upload over all its links together; links ask it before each frame of a piece. */
export interface UploadBudget {
  /**
   * Whether that many bytes may go now; if so they count. If not, `later` is called once when it is worth asking again, after
   * those who asked before. The same `later` waits once, however often it is handed in.
   */
  take(bytes: number, later: () => void): boolean;
  /** Bytes a millisecond in the long run; Infinity: no limit. */
  readonly bytesPerMs: number;
}

/** What may go at once after a pause: 50 ms of a slow line are a frame or two. */
const BURST_MS = 50;

/** A token bucket that links wait at in turn. It lends one frame and waits until that is paid back. */
export class SharedUploadBudget implements UploadBudget {
  readonly #clock: Clock;
  readonly #waiting = new Set<() => void>();
  #bytesPerMs: number;
  #tokens = 0;
  #atMs: number;
  #waking = false;
  #cancelTimer: (() => void) | undefined;

  /** `rateBps`: bits a second; Infinity: no limit; 0: nothing goes. */
  constructor(clock: Clock, rateBps: number) {
    this.#clock = clock;
    this.#bytesPerMs = rateBps / 8_000;
    this.#atMs = clock.nowMs();
  }

  get bytesPerMs(): number {
    return this.#bytesPerMs;
  }

  /** Bits a second from now on. */
  set rateBps(rateBps: number) {
    this.#fill();
    this.#bytesPerMs = rateBps / 8_000;
    this.#wake();
  }

  take(bytes: number, later: () => void): boolean {
    if (this.#bytesPerMs === Number.POSITIVE_INFINITY) return true;
    this.#fill();
    const first = this.#waking || this.#waiting.size === 0;
    if (first && this.#tokens >= 0 && this.#bytesPerMs > 0) {
      this.#tokens -= bytes;
      return true;
    }
    this.#waiting.add(later);
    this.#arm();
    return false;
  }

  #fill(): void {
    const nowMs = this.#clock.nowMs();
    if (Number.isFinite(this.#bytesPerMs)) {
      const tokens = this.#tokens + (nowMs - this.#atMs) * this.#bytesPerMs;
      this.#tokens = Math.min(tokens, BURST_MS * this.#bytesPerMs);
    } else this.#tokens = 0;
    this.#atMs = nowMs;
  }

  #arm(): void {
    this.#cancelTimer?.();
    this.#cancelTimer = undefined;
    if (this.#waiting.size === 0 || this.#bytesPerMs === 0) return;
    this.#cancelTimer = this.#clock.after(Math.max(1, -this.#tokens / this.#bytesPerMs), () => this.#wake());
  }

  /** Each who waits gets its chance, in order, until nothing is left; who wants more then stands behind the others. */
  #wake(): void {
    this.#fill();
    this.#waking = true;
    for (const run of [...this.#waiting]) {
      if (this.#tokens < 0) break;
      this.#waiting.delete(run);
      run();
    }
    this.#waking = false;
    this.#arm();
  }
}
