import type { Clock } from "../peer/clock.ts";
import type { DemandSimViewer } from "./demand-sim-peer.ts";

/** Takes the whole file as fast as it comes, in order. */
export class SimDownload {
  doneMs: number | undefined;

  constructor(viewer: DemandSimViewer, clock: Clock, pieces: number) {
    let at = 0;
    const goOn = (): void => {
      const before = at;
      while (at < pieces && viewer.holds(at)) at += 1;
      if (at < pieces && at > before) viewer.member.read(this, at, pieces);
      if (at === pieces) {
        this.doneMs ??= clock.nowMs();
        viewer.member.stopReading(this);
      }
    };
    viewer.onHeld = goOn;
    viewer.member.read(this, 0, pieces);
  }
}

/** What a player reads ahead of what it shows. */
const BUFFER_MS = 8_000;
/** It asks for one part of this many pieces after the other. */
const PART_PIECES = 16;
const TICK_MS = 100;

/** Shows a film as time goes by, and says how long it stood still. */
export class SimFilm {
  /** From the start, or a jump, until something could be shown. */
  readonly waitsMs: number[] = [];
  /** Stood still in the middle. */
  stalledMs = 0;
  readonly #viewer: DemandSimViewer;
  readonly #clock: Clock;
  readonly #pieces: number;
  readonly #pieceMs: number;
  #reader = {};
  #sinceMs = 0;
  #shownMs = 0;
  #startPiece = 0;
  #at = 0;
  #playing = false;
  #stopped = false;

  constructor(viewer: DemandSimViewer, clock: Clock, pieces: number, pieceMs: number) {
    this.#viewer = viewer;
    this.#clock = clock;
    this.#pieces = pieces;
    this.#pieceMs = pieceMs;
    viewer.onHeld = () => this.#goOn();
    this.jump(0);
    this.#tick();
  }

  /** Goes on at another piece. */
  jump(piece: number): void {
    this.#viewer.member.stopReading(this.#reader);
    this.#reader = {};
    this.#startPiece = piece;
    this.#at = piece;
    this.#shownMs = 0;
    this.#sinceMs = this.#clock.nowMs();
    this.#playing = false;
    this.#read();
    this.#goOn();
  }

  stop(): void {
    this.#stopped = true;
    this.#viewer.member.stopReading(this.#reader);
  }

  get #bufferedMs(): number {
    return (this.#at - this.#startPiece) * this.#pieceMs - this.#shownMs;
  }

  /** Reads what has come, as far as its buffer goes. */
  #goOn(): void {
    const before = this.#at;
    while (this.#at < this.#pieces && this.#bufferedMs < BUFFER_MS && this.#viewer.holds(this.#at)) this.#at += 1;
    if (this.#at > before) this.#read();
    if (this.#playing || this.#bufferedMs <= 0) return;
    this.#playing = true;
    this.waitsMs.push(this.#clock.nowMs() - this.#sinceMs);
  }

  #read(): void {
    const endPiece = Math.min(this.#pieces, (Math.floor(this.#at / PART_PIECES) + 1) * PART_PIECES);
    this.#viewer.member.read(this.#reader, this.#at, endPiece);
  }

  #tick(): void {
    this.#clock.after(TICK_MS, () => {
      if (this.#stopped) return;
      if (this.#playing && this.#at < this.#pieces) {
        if (this.#bufferedMs >= TICK_MS) this.#shownMs += TICK_MS;
        else this.stalledMs += TICK_MS;
      }
      this.#goOn();
      this.#tick();
    });
  }
}
