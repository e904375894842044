import type { Clock } from "./clock.ts";

/** Ask after this much silence: well above a round trip, so a healthy busy link is never asked. */
const PING_AFTER_MS = 1_000;
/** A link that left a PING unanswered for two seconds is dead or worse than HTTP. */
const DEAD_AFTER_MS = 3_000;

/** Watches a link while somebody waits for it: silence, then a question, then the end. */
export class Liveness {
  readonly #clock: Clock;
  readonly #ask: () => void;
  readonly #onSilent: () => void;
  #heardMs = 0;
  #cancel: (() => void) | undefined;

  constructor(clock: Clock, ask: () => void, onSilent: () => void) {
    this.#clock = clock;
    this.#ask = ask;
    this.#onSilent = onSilent;
  }

  /** Starts the watch, unless it runs. */
  start(): void {
    if (this.#cancel !== undefined) return;
    this.#heardMs = this.#clock.nowMs();
    this.#again(PING_AFTER_MS);
  }

  stop(): void {
    this.#cancel?.();
    this.#cancel = undefined;
  }

  heard(): void {
    this.#heardMs = this.#clock.nowMs();
  }

  #again(delayMs: number): void {
    this.#cancel = this.#clock.after(delayMs, () => this.#check());
  }

  #check(): void {
    const silentMs = this.#clock.nowMs() - this.#heardMs;
    if (silentMs >= DEAD_AFTER_MS) {
      this.stop();
      this.#onSilent();
      return;
    }
    this.#again(silentMs < PING_AFTER_MS ? PING_AFTER_MS - silentMs : PING_AFTER_MS);
    if (silentMs >= PING_AFTER_MS) this.#ask();
  }
}
