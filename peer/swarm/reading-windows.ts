import type { Clock } from "../clock.ts";
import type { DemandPages } from "./demand-pages.ts";
import { Readers, type Reading } from "./readers.ts";
import { type ReadingWindow, readingWindow } from "./reading-window.ts";

/** After a piece could not be stored, only what is near readers is fetched for this long. */
const FULL_MS = 10_000;

export interface ReadingWindowsPorts {
  readonly clock: Clock;
  readonly pages: DemandPages;
  /** How much the store may hold. */
  readonly capacityBytes: () => number;
}

/** What lies ahead of all readers. They share half of the store: what was read is worth keeping too, for others. */
export class ReadingWindows {
  readonly readers = new Readers();
  readonly #ports: ReadingWindowsPorts;
  #fullUntilMs = Number.NEGATIVE_INFINITY;

  constructor(ports: ReadingWindowsPorts) {
    this.#ports = ports;
  }

  /** What is to be fetched. */
  fetched(): ReadingWindow[] {
    return this.#ahead(this.readers.fetched(this.#ports.clock.nowMs()));
  }

  /** What must stay. */
  kept(): ReadingWindow[] {
    return this.#ahead(this.readers.kept(this.#ports.clock.nowMs()));
  }

  /** Pages in which somebody reads, or did a moment ago. */
  get pages(): number[] {
    const { clock, pages } = this.#ports;
    return this.readers.kept(clock.nowMs()).map(({ piece }) => pages.pageOf(piece));
  }

  /** A piece could not be stored. */
  onFull(): void {
    this.#fullUntilMs = this.#ports.clock.nowMs() + FULL_MS;
  }

  #ahead(readings: readonly Reading[]): ReadingWindow[] {
    const { clock, pages, capacityBytes } = this.#ports;
    const isFull = clock.nowMs() < this.#fullUntilMs;
    const maxBytes = isFull ? 0 : capacityBytes() / 2 / Math.max(1, readings.length);
    return readings.map((reading) => readingWindow(pages, reading, maxBytes));
  }
}
