/** Pieces a peer may ask for at once: a newcomer's first segments from one peer alone. */
const BURST = 256;
/** And for each second after that: 16 KiB pieces at 17 Mbit/s. */
const PER_S = 128;

/** How many pieces a linked peer may still ask for: what keeps a flood of WANTs from being work. */
export class WantBudget {
  #left = BURST;
  #atMs: number | undefined;

  /** Whether one more may be answered now. */
  take(nowMs: number): boolean {
    this.#left = Math.min(BURST, this.#left + ((nowMs - (this.#atMs ?? nowMs)) * PER_S) / 1_000);
    this.#atMs = nowMs;
    if (this.#left < 1) return false;
    this.#left -= 1;
    return true;
  }
}
