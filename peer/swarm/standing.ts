/** A peer that let one ask go unanswered is asked again after this. */
const FIRST_REST_MS = 500;
const LONGEST_REST_MS = 16_000;

/** How a linked peer keeps its word: when it was last heard of, and when it may be asked again. */
export class Standing {
  #restUntilMs = Number.NEGATIVE_INFINITY;
  #heardMs: number;
  /** Asks it did not answer, since it last sent anything. */
  #unanswered = 0;

  constructor(nowMs: number) {
    this.#heardMs = nowMs;
  }

  /** When something of a piece last came from it; a new link is a sign of life too. */
  get heardMs(): number {
    return this.#heardMs;
  }

  /** Whether the last thing asked of it went unanswered. */
  get isSilent(): boolean {
    return this.#unanswered > 0;
  }

  heard(nowMs: number): void {
    this.#heardMs = nowMs;
    this.#unanswered = 0;
  }

  /** Not to be asked before this: it said LATER, or does not answer. */
  get restUntilMs(): number {
    return this.#restUntilMs;
  }

  rest(untilMs: number): void {
    this.#restUntilMs = Math.max(this.#restUntilMs, untilMs);
  }

  /** What it rested for is over. */
  endRest(): void {
    this.#restUntilMs = Number.NEGATIVE_INFINITY;
  }

  /** It was asked and did not answer in time: it is left alone, twice as long each time. */
  letUsDown(nowMs: number): void {
    this.#unanswered += 1;
    this.rest(nowMs + Math.min(FIRST_REST_MS * 2 ** (this.#unanswered - 1), LONGEST_REST_MS));
  }
}
