import type { Clock } from "../../../peer/clock.ts";
import { type Manifest, pieceCount } from "../../../protocol/manifest.ts";

/**
 * By this age a segment is whole nearly everywhere: pushed with 99 of 100 viewers after 1.65 s, and what was late then had elsewhere.
 * Who judges sooner asks the app for whole segments of which pieces are missing, and so keeps those from coming to others.
 */
export const DUE_MS = 2_500;
/** Segments that tell: one that was late sends the player elsewhere until as many came in time. */
const JUDGED = 2;
/** More than are announced in that time, the parts of a low-latency stream included. */
const REMEMBERED = 16;

interface Announced {
  readonly manifest: Manifest;
  readonly cameMs: number;
  /** When its last piece came. */
  wholeMs: number;
}

/**
 * Whether a swarm brings its segments in time, told from the newest that should be whole by now. A player is not sent to a swarm
 * that does not: links may be impossible, or uplinks short.
 */
export class Flow {
  readonly #clock: Clock;
  readonly #isHeld: (piece: number) => boolean;
  /** The first manifest is of a segment whose pieces had gone by when we came. */
  #firstSegment: number | undefined;
  /** In order of segments. */
  #announced: Announced[] = [];

  constructor(clock: Clock, isHeld: (piece: number) => boolean) {
    this.#clock = clock;
    this.#isHeld = isHeld;
  }

  /** A manifest came; copies from other parents change nothing. */
  announced(manifest: Manifest): void {
    this.#firstSegment ??= manifest.segment;
    if (this.#announced.some((known) => known.manifest.segment === manifest.segment)) return;
    this.#announced.push({ manifest, cameMs: this.#clock.nowMs(), wholeMs: Number.POSITIVE_INFINITY });
    this.#announced.sort((a, b) => a.manifest.segment - b.manifest.segment);
    this.#announced = this.#announced.slice(-REMEMBERED);
  }

  /** A piece is here. */
  came(piece: number): void {
    const of = this.#announced.findLast(({ manifest }) => manifest.firstPiece <= piece);
    if (of !== undefined && of.wholeMs > this.#clock.nowMs() && this.isWhole(of.manifest))
      of.wholeMs = this.#clock.nowMs();
  }

  /**
   * For how long a reader is made to wait for a segment's pieces before the app is asked: longer than a segment lasts, as players
   * have three in hand by themselves; at most as long as it takes a segment to be due, at least a second.
   */
  get patienceMs(): number {
    const [before, newest] = this.#announced.slice(-2);
    const lastsMs = (newest?.manifest.timeMs ?? Number.POSITIVE_INFINITY) - (before?.manifest.timeMs ?? 0);
    return Math.min(DUE_MS, Math.max(1_000, lastsMs * 1.25));
  }

  /** Until something is due it is taken to be: a newcomer's next segments would all be asked of the app otherwise. */
  isInTime(): boolean {
    const nowMs = this.#clock.nowMs();
    const first = this.#firstSegment ?? 0;
    const due = this.#announced.filter(({ manifest, cameMs }) => manifest.segment > first && nowMs - cameMs >= DUE_MS);
    return due.slice(-JUDGED).every(({ cameMs, wholeMs }) => wholeMs - cameMs <= DUE_MS);
  }

  isWhole(manifest: Manifest): boolean {
    for (let index = 0; index < pieceCount(manifest); index += 1) {
      if (!this.#isHeld(manifest.firstPiece + index)) return false;
    }
    return true;
  }
}
