import type { Clock } from "../../../peer/clock.ts";
import { type Manifest, pieceCount } from "../../../protocol/manifest.ts";

/** By this age a segment that is pushed is whole nearly everywhere: with 99 of 100 viewers after 1.65 s (simulated, 1,000 viewers). */
export const DUE_MS = 2_000;
/** More than are announced in that time, the parts of a low-latency stream included. */
const REMEMBERED = 16;

/**
 * Whether a swarm brings its segments in time, told from the newest that should be whole by now. A player is not sent to a swarm
 * that does not: links may be impossible, uplinks short, or ourselves so new that nobody feeds us yet.
 */
export class Flow {
  readonly #clock: Clock;
  readonly #isHeld: (piece: number) => boolean;
  /** In order of segments. */
  #announced: { readonly manifest: Manifest; readonly cameMs: number }[] = [];

  constructor(clock: Clock, isHeld: (piece: number) => boolean) {
    this.#clock = clock;
    this.#isHeld = isHeld;
  }

  /** A manifest came; copies from other parents change nothing. */
  announced(manifest: Manifest): void {
    if (this.#announced.some((known) => known.manifest.segment === manifest.segment)) return;
    this.#announced.push({ manifest, cameMs: this.#clock.nowMs() });
    this.#announced.sort((a, b) => a.manifest.segment - b.manifest.segment);
    this.#announced = this.#announced.slice(-REMEMBERED);
  }

  isInTime(): boolean {
    const nowMs = this.#clock.nowMs();
    const due = this.#announced.findLast(({ cameMs }) => nowMs - cameMs >= DUE_MS);
    return due !== undefined && this.isWhole(due.manifest);
  }

  isWhole(manifest: Manifest): boolean {
    for (let index = 0; index < pieceCount(manifest); index += 1) {
      if (!this.#isHeld(manifest.firstPiece + index)) return false;
    }
    return true;
  }
}
