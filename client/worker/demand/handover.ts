import type { BegunStream } from "../begun-stream.ts";
import type { Reading, StreamSink, SwarmStream } from "../swarm/swarm-stream.ts";

/** With less than this to go the change is not worth it. */
const MIN_LEFT_BYTES = 1_048_576;
/** So far ahead of the origin's stream the swarm begins to fetch: by the time the stream is there, the swarm is too. */
const AHEAD_BYTES = 1_048_576;
/** So much of what comes next must be here: more is on its way then. */
const READY_BYTES = 262_144;
/** Where it expects the origin's link the service worker bears 1 s of silence. */
const CONTINUED_PATIENCE_MS = 700;

export interface HandoverPorts {
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
 * The swarm fetches from a point ahead of the stream, so that nothing comes twice but what is under way at the change.
 */
export class Handover {
  readonly #stream: BegunStream;
  readonly #range: { readonly start: number; readonly end: number };
  readonly #pieceBytes: number;
  readonly #ports: HandoverPorts;
  /** Where the swarm's pieces should begin. */
  #target: number | undefined;
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
    const start = this.#range.start + this.#stream.cameBytes;
    const { end } = this.#range;
    if (this.#over || end - start <= MIN_LEFT_BYTES) return this.stop();
    if (this.#ports.isDoubted()) return false;
    const piece = Math.floor(start / this.#pieceBytes);
    const isFed = this.#ports.isFed();
    // Where nobody is there to read from, all of the rest must be here.
    if (this.#isHere(piece, Math.floor((isFed ? start + READY_BYTES : end - 1) / this.#pieceBytes))) {
      this.stop();
      const { creditBytes, unreadBytes } = this.#stream;
      const reading = { start, end, creditBytes, unreadBytes, mostPatienceMs: CONTINUED_PATIENCE_MS };
      this.#stream.goOn((sink) => this.#ports.open(reading, sink));
      return true;
    }
    if (isFed && piece >= (this.#target ?? 0)) this.#aim(start + AHEAD_BYTES);
    return false;
  }

  /** The swarm fetches nothing for it any more. */
  stop(): true {
    this.#over = true;
    this.#ports.stopReading(this);
    return true;
  }

  #isHere(piece: number, lastPiece: number): boolean {
    for (let at = piece; at <= lastPiece; at += 1) if (!this.#ports.has(at)) return false;
    return true;
  }

  #aim(position: number): void {
    this.#target = Math.ceil(position / this.#pieceBytes);
    const endPiece = Math.ceil(this.#range.end / this.#pieceBytes);
    if (this.#target < endPiece) this.#ports.read(this, this.#target, endPiece);
  }
}
