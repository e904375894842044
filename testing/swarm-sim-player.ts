import type { Clock } from "../peer/clock.ts";
import type { SwarmMember } from "../peer/swarm/member-ports.ts";
import type { SwarmFigures } from "./swarm-sim-figures.ts";
import type { SimStream } from "./swarm-sim-stream.ts";

/** A player that stood still for this long goes on at the live edge. */
const JUMP_AFTER_MS = 8_000;

/** A segment reaches nearly everybody this soon after its publication. */
const PUSHED_MS = 1_800;

/** Plays whole segments one after another, each as soon as it is here and the one before is over. */
export class SimPlayer {
  readonly #clock: Clock;
  readonly #member: SwarmMember;
  readonly #stream: SimStream;
  readonly #figures: SwarmFigures;
  readonly #startAgeMs: number;
  readonly #joinedMs: number;
  /** The segment waited for, or played next. */
  #next: number;
  /** Since when it is waited for; undefined: another one is playing. */
  #waitingMs: number | undefined;
  #started = false;
  #askAfterMs = 0;
  #stopped = false;

  constructor(options: {
    clock: Clock;
    member: SwarmMember;
    stream: SimStream;
    figures: SwarmFigures;
    startAgeMs: number;
  }) {
    this.#clock = options.clock;
    this.#member = options.member;
    this.#stream = options.stream;
    this.#figures = options.figures;
    this.#startAgeMs = options.startAgeMs;
    this.#joinedMs = this.#clock.nowMs();
    this.#waitingMs = this.#joinedMs;
    this.#next = this.#edge();
  }

  /** The segment it starts with, until it has started. */
  get firstSegment(): number | undefined {
    return this.#started ? undefined : this.#next;
  }

  /** Whether the origin has promised its first segment. */
  get helped(): boolean {
    return this.#askAfterMs > this.#clock.nowMs();
  }

  /** The first segment is on its way: it need not be asked for before that long. */
  expectHelp(forMs: number): void {
    this.#askAfterMs = this.#clock.nowMs() + forMs;
    this.#clock.after(forMs, () => this.#ask());
  }

  /** Starts with another segment. */
  startAt(segment: number): void {
    this.#next = segment;
    this.#ask();
  }

  /** A manifest came: it may be of what is waited for. */
  onManifest(segment: number): void {
    if (segment === this.#next) this.#ask();
  }

  /** A piece came. */
  onPiece(segment: number): void {
    if (segment === this.#next && this.#waitingMs !== undefined) this.#tryPlay();
  }

  stop(): void {
    this.#stopped = true;
    const nowMs = this.#clock.nowMs();
    if (!this.#started) this.#figures.neverStarted(this.#joinedMs, nowMs);
    else if (this.#waitingMs !== undefined) this.#figures.stalled(this.#waitingMs, nowMs);
  }

  #tryPlay(): void {
    const first = this.#stream.firstPiece(this.#next);
    for (let at = this.#stream.piecesPerSegment - 1; at >= 0; at -= 1) {
      if (this.#member.piece(first + at) === undefined) return;
    }
    const nowMs = this.#clock.nowMs();
    const waitedFromMs = this.#waitingMs ?? nowMs;
    if (!this.#started) this.#figures.started(this.#joinedMs, nowMs);
    else if (waitedFromMs < nowMs) this.#figures.stalled(waitedFromMs, nowMs);
    this.#started = true;
    const { segmentMs } = this.#stream;
    this.#figures.played(nowMs, segmentMs, nowMs - this.#stream.publishedMs(this.#next) + segmentMs);
    this.#waitingMs = undefined;
    this.#next += 1;
    this.#ask(nowMs + segmentMs);
    this.#clock.after(segmentMs, () => this.#turn());
  }

  /** What played is over. */
  #turn(): void {
    if (this.#stopped) return;
    this.#waitingMs = this.#clock.nowMs();
    this.#tryPlay();
    if (this.#waitingMs === undefined) return;
    this.#ask();
    this.#jumpLater();
  }

  /** As often as it takes: where it jumped to may not come either. */
  #jumpLater(): void {
    const waited = this.#next;
    this.#clock.after(JUMP_AFTER_MS, () => {
      if (this.#stopped || this.#waitingMs === undefined || this.#next !== waited) return;
      this.startAt(this.#edge());
      this.#jumpLater();
    });
  }

  #ask(deadlineMs = this.#deadlineMs()): void {
    if (!this.helped) this.#member.need(this.#stream.firstPiece(this.#next), deadlineMs);
  }

  #deadlineMs(): number {
    if (this.#waitingMs === undefined) return this.#clock.nowMs() + this.#stream.segmentMs;
    // What is not published yet comes by itself: asked for as overdue it would be asked of everybody at once.
    return Math.max(this.#waitingMs, this.#stream.publishedMs(this.#next) + PUSHED_MS);
  }

  #edge(): number {
    return this.#stream.newest(this.#clock.nowMs() - this.#startAgeMs);
  }
}
