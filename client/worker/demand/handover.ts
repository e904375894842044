import type { Clock } from "../../../peer/clock.ts";
import type { BegunStream } from "../begun-stream.ts";
import type { Reading, StreamSink, SwarmStream } from "../swarm/swarm-stream.ts";

/** With less than this to go the change is not worth it. */
const MIN_LEFT_BYTES = 1_048_576;
/** So much of what comes next must be here: more is on its way then. */
const READY_BYTES = 65_536;
/** Where it expects the origin's link the service worker bears 1 s of silence: a held stream rests no longer than this, */
const REST_MS = 700;
/** and if nothing of the swarm was there by then, the change is tried again after this. */
const RETRY_MS = 5_000;

export interface HandoverPorts {
  readonly clock: Clock;
  /** Others are in the swarm, to read from. */
  isFed(): boolean;
  /** It let a reader down a moment ago. */
  isDoubted(): boolean;
  has(piece: number): boolean;
  /** What is read from here on is fetched. */
  read(reader: object, piece: number, endPiece: number): void;
  stopReading(reader: object): void;
  open(reading: Reading, sink: StreamSink): SwarmStream;
}

/**
 * A file's body that a note began: the origin sends it until the swarm has what comes next, then the swarm goes on at the same byte.
 * Once there is somebody to read from, the origin is granted no more; the swarm fetches from where it will come to rest, so that
 * nothing comes twice but the part of a piece.
 */
export class Handover {
  readonly #stream: BegunStream;
  readonly #range: { readonly start: number; readonly end: number };
  readonly #pieceBytes: number;
  readonly #ports: HandoverPorts;
  /** The origin is granted no more. */
  #held = false;
  #notBeforeMs = Number.NEGATIVE_INFINITY;
  #cancelTimer: (() => void) | undefined;
  #over = false;

  /** `range`: of the content, which the note says the body is. */
  constructor(
    stream: BegunStream,
    range: { readonly start: number; readonly end: number },
    pieceBytes: number,
    ports: HandoverPorts,
  ) {
    this.#stream = stream;
    this.#range = range;
    this.#pieceBytes = pieceBytes;
    this.#ports = ports;
  }

  /** Something may have changed: more came of the stream, or a piece, or somebody to read from. True once there is no more to do. */
  look(): boolean {
    const { end } = this.#range;
    const start = this.#range.start + this.#stream.cameBytes;
    if (this.#over || (!this.#held && end - start <= MIN_LEFT_BYTES)) return this.stop();
    const isFed = this.#ports.isFed();
    if (this.#ports.isDoubted()) this.#letGo();
    // Where nobody is there to read from, all of the rest must be here.
    else if (this.#isHere(start, isFed ? Math.min(end, start + READY_BYTES) : end)) return this.#change(start);
    else if (!isFed) this.#letGo();
    else if (!this.#held) this.#hold();
    else if (this.#stream.comingBytes === 0) this.#restNoLonger();
    return false;
  }

  /** The swarm fetches nothing for it any more. */
  stop(): true {
    this.#over = true;
    this.#letGo();
    return true;
  }

  #change(start: number): true {
    const { creditBytes, unreadBytes } = this.#stream;
    const reading = { start, end: this.#range.end, creditBytes, unreadBytes, isBegun: true };
    this.#over = true;
    this.#stream.goOn((sink) => this.#ports.open(reading, sink));
    return this.stop();
  }

  #hold(): void {
    if (this.#ports.clock.nowMs() < this.#notBeforeMs) return;
    const endPiece = Math.ceil(this.#range.end / this.#pieceBytes);
    const rest = this.#range.start + this.#stream.cameBytes + this.#stream.comingBytes;
    const piece = Math.floor(rest / this.#pieceBytes);
    if (piece >= endPiece) return;
    this.#held = true;
    this.#stream.hold();
    this.#ports.read(this, piece, endPiece);
  }

  /** The stream stands still: the swarm has that long to bring what comes next. */
  #restNoLonger(): void {
    const { clock } = this.#ports;
    this.#cancelTimer ??= clock.after(REST_MS, () => {
      this.#notBeforeMs = clock.nowMs() + RETRY_MS;
      this.#letGo();
    });
  }

  /** The origin goes on sending. */
  #letGo(): void {
    this.#cancelTimer?.();
    this.#cancelTimer = undefined;
    this.#ports.stopReading(this);
    if (!this.#held) return;
    this.#held = false;
    this.#stream.release();
  }

  #isHere(start: number, end: number): boolean {
    const lastPiece = Math.floor((end - 1) / this.#pieceBytes);
    for (let at = Math.floor(start / this.#pieceBytes); at <= lastPiece; at += 1)
      if (!this.#ports.has(at)) return false;
    return true;
  }
}
