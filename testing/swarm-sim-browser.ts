import type { Clock } from "../peer/clock.ts";
import type { SwarmFigures } from "./swarm-sim-figures.ts";
import type { SimReader } from "./swarm-sim-reader.ts";
import type { SimStream } from "./swarm-sim-stream.ts";

/** A player that stood still for this long goes on at the live edge. */
const JUMP_AFTER_MS = 8_000;

/** A player behind a browser's own rules: reads what its playlist lists, one segment after another, and plays each as soon as it is whole and the one before is over. */
export class SimBrowser {
  readonly #clock: Clock;
  readonly #reader: SimReader;
  readonly #stream: SimStream;
  readonly #figures: SwarmFigures;
  readonly #startAgeMs: number;
  readonly #joinedMs: number;
  /** The segment played next, and those of it and what follows that are here. */
  #next: number;
  #here = 0;
  #reading = false;
  /** Newest that the playlist, as last read, lists. */
  #listed = 0;
  /** Since when the next one is waited for; undefined: another one is playing. */
  #waitingMs: number | undefined;
  #started = false;
  #stopped = false;

  constructor(options: {
    clock: Clock;
    reader: SimReader;
    stream: SimStream;
    figures: SwarmFigures;
    startAgeMs: number;
  }) {
    this.#clock = options.clock;
    this.#reader = options.reader;
    this.#stream = options.stream;
    this.#figures = options.figures;
    this.#startAgeMs = options.startAgeMs;
    this.#joinedMs = this.#clock.nowMs();
    this.#waitingMs = this.#joinedMs;
    this.#next = this.#edge();
    this.#poll();
  }

  stop(): void {
    this.#stopped = true;
    this.#reader.stop();
    const nowMs = this.#clock.nowMs();
    if (!this.#started) this.#figures.neverStarted(this.#joinedMs, nowMs);
    else if (this.#waitingMs !== undefined) this.#figures.stalled(this.#waitingMs, nowMs);
  }

  /** The playlist is read again once a segment. */
  #poll(): void {
    if (this.#stopped) return;
    this.#listed = this.#stream.newest(this.#clock.nowMs());
    this.#read();
    this.#clock.after(this.#stream.segmentMs, () => this.#poll());
  }

  #read(): void {
    const segment = this.#next + this.#here;
    if (this.#stopped || this.#reading || segment > this.#listed) return;
    this.#reading = true;
    this.#reader.read(segment, () => {
      this.#reading = false;
      this.#here += 1;
      if (this.#waitingMs !== undefined) this.#play(this.#waitingMs);
      this.#read();
    });
  }

  #play(waitedFromMs: number): void {
    const nowMs = this.#clock.nowMs();
    if (!this.#started) this.#figures.started(this.#joinedMs, nowMs);
    else if (waitedFromMs < nowMs) this.#figures.stalled(waitedFromMs, nowMs);
    this.#started = true;
    const { segmentMs } = this.#stream;
    this.#figures.played(nowMs, segmentMs, nowMs - this.#stream.publishedMs(this.#next) + segmentMs);
    this.#waitingMs = undefined;
    this.#next += 1;
    this.#here -= 1;
    this.#clock.after(segmentMs, () => this.#turn());
  }

  /** What played is over. */
  #turn(): void {
    if (this.#stopped) return;
    this.#waitingMs = this.#clock.nowMs();
    if (this.#here > 0) this.#play(this.#waitingMs);
    else this.#jumpLater();
  }

  /** As often as it takes: where it jumped to may not come either. */
  #jumpLater(): void {
    const waited = this.#next;
    this.#clock.after(JUMP_AFTER_MS, () => {
      if (this.#stopped || this.#waitingMs === undefined || this.#next !== waited) return;
      this.#reader.stop();
      this.#reading = false;
      this.#next = this.#edge();
      this.#read();
      this.#jumpLater();
    });
  }

  #edge(): number {
    return this.#stream.newest(this.#clock.nowMs() - this.#startAgeMs);
  }
}
