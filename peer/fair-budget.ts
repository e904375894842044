import type { UploadBudget } from "./upload-budget.ts";

/** What may be sent before anything was taken: a newcomer is of use at once, and repairs come on top of what was assigned. */
const ADVANCE_BYTES = 4_194_304;

/** A budget in which what was sent stays below so many times what was taken, but for a frame, over the whole visit. */
export class FairBudget implements UploadBudget {
  readonly #budget: UploadBudget;
  readonly #ratio: number;
  readonly #waiting = new Set<() => void>();
  #takenBytes = 0;
  #sentBytes = 0;

  /** `ratio`: sent over taken; Infinity: no limit. `budget` has its say as well. */
  constructor(budget: UploadBudget, ratio: number) {
    this.#budget = budget;
    this.#ratio = ratio;
  }

  /** 0 as well while the ratio allows nothing. */
  get bytesPerMs(): number {
    return this.#isSpent ? 0 : this.#budget.bytesPerMs;
  }

  /** This much content was taken from others. */
  took(bytes: number): void {
    this.#takenBytes += bytes;
    const waiting = [...this.#waiting];
    this.#waiting.clear();
    for (const later of waiting) later();
  }

  take(bytes: number, later: () => void): boolean {
    if (this.#isSpent) {
      this.#waiting.add(later);
      return false;
    }
    if (!this.#budget.take(bytes, later)) return false;
    this.#sentBytes += bytes;
    return true;
  }

  get #isSpent(): boolean {
    return this.#sentBytes >= ADVANCE_BYTES + this.#takenBytes * this.#ratio;
  }
}
