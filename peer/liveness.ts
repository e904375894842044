import type { Clock } from "./clock.ts";

/** Ask after this much silence: well above a round trip, so a healthy busy link is never asked. */
const PING_AFTER_MS = 1_000;
/** A link that left a PING unanswered for two seconds is dead or worse than HTTP. */
const DEAD_AFTER_MS = 3_000;

export interface LivenessPorts {
  readonly clock: Clock;
  /** Whether the peer owes us anything now; the watch ends by itself when it does not. */
  readonly isExpecting: () => boolean;
  /** Sends a question that is answered at once. */
  readonly ask: () => void;
  readonly onSilent: () => void;
}

/** Watches a link while somebody waits for it: silence, then a question, then the end. */
export class Liveness {
  readonly #ports: LivenessPorts;
  #heardMs = 0;
  #cancel: (() => void) | undefined;

  constructor(ports: LivenessPorts) {
    this.#ports = ports;
  }

  /** Starts the watch, unless it runs. */
  start(): void {
    if (this.#cancel !== undefined) return;
    this.#heardMs = this.#ports.clock.nowMs();
    this.#again(PING_AFTER_MS);
  }

  stop(): void {
    this.#cancel?.();
    this.#cancel = undefined;
  }

  heard(): void {
    this.#heardMs = this.#ports.clock.nowMs();
  }

  #again(delayMs: number): void {
    this.#cancel = this.#ports.clock.after(delayMs, () => this.#check());
  }

  #check(): void {
    if (!this.#ports.isExpecting()) {
      this.stop();
      return;
    }
    const silentMs = this.#ports.clock.nowMs() - this.#heardMs;
    if (silentMs >= DEAD_AFTER_MS) {
      this.stop();
      this.#ports.onSilent();
      return;
    }
    // Whole milliseconds: a rest too small to move the clock would be waited for again and again.
    this.#again(silentMs < PING_AFTER_MS ? Math.ceil(PING_AFTER_MS - silentMs) : PING_AFTER_MS);
    if (silentMs >= PING_AFTER_MS) this.#ports.ask();
  }
}
