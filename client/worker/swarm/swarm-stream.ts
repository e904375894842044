import type { Clock } from "../../../peer/clock.ts";
import type { Manifest } from "../../../protocol/manifest.ts";
import type { BytePath } from "../../../protocol/page-port.ts";

import { DUE_MS } from "./flow.ts";

/** Where a piece came from. */
export type PiecePath = Exclude<BytePath, "http">;

export interface SwarmStreamPorts {
  readonly clock: Clock;
  /** A verified piece and whose link it came on, once it is here. */
  piece(piece: number): { readonly bytes: Uint8Array; readonly path: PiecePath } | undefined;
  /** The player waits for this piece and what follows it, by this time of the clock. */
  need(piece: number, deadlineMs: number): void;
  /** The next bytes; they are the taker's to keep. */
  data(bytes: Uint8Array<ArrayBuffer>, path: PiecePath): void;
  /** Nobody reads any more, whatever the reason; before it is told. */
  over(): void;
  /** Once, last, unless cancelled. */
  end(offset: number): void;
  fail(why: string): void;
}

/** Who takes what a stream sends. */
export type StreamSink = Pick<SwarmStreamPorts, "data" | "end" | "fail">;

/** What of a content is read, and how. */
export interface Reading {
  readonly start: number;
  readonly end: number;
  readonly creditBytes: number;
  /** What the reader was sent before `start` and has not taken yet. */
  readonly unreadBytes: number;
  /** How long a silence of the stream may be before the service worker takes the link for broken, less a little. */
  readonly mostPatienceMs: number;
}

/** A segment whose pieces the player has waited for this long in all is had over HTTP: the player has some seconds in hand. */
const PATIENCE_MS = 1_000;
/**
 * A file may take an hour to read, so there each piece is waited for anew, and as much longer as it takes on a line of 2 Mbit/s.
 */
const SLOW_LINE_BYTES_PER_MS = 256;

/** One answer's bytes out of verified pieces: in order, as they come, within the reader's credit. */
export class SwarmStream {
  readonly #manifest: Pick<Manifest, "firstPiece" | "pieceBytes">;
  readonly #end: number;
  readonly #ports: SwarmStreamPorts;
  readonly #creditBytes: number;
  /** When every piece should be here, in time of the clock. */
  readonly #dueMs: number;
  readonly #patience: "in all" | "each piece";
  readonly #patienceMs: number;
  #position: number;
  #consumed: number;
  #awaited: number | undefined;
  #sinceMs = 0;
  /** For pieces, not for the reader. */
  #waitedMs = 0;
  #cancelTimer: (() => void) | undefined;
  #over = false;

  /** The bytes [start, end) of the manifest's segment, `creditBytes` of them ahead of the reader; the segment is `ageMs` old. */
  /** `ageMs`: of the segment, whose pieces are on their way by themselves while it is young. */
  constructor(
    manifest: Pick<Manifest, "firstPiece" | "pieceBytes">,
    reading: Reading & { readonly ageMs: number; readonly patience: "in all" | "each piece" },
    ports: SwarmStreamPorts,
  ) {
    this.#manifest = manifest;
    this.#end = reading.end;
    this.#ports = ports;
    this.#creditBytes = reading.creditBytes;
    this.#dueMs = ports.clock.nowMs() + DUE_MS - reading.ageMs;
    this.#patience = reading.patience;
    const pieceMs = reading.patience === "in all" ? 0 : manifest.pieceBytes / SLOW_LINE_BYTES_PER_MS;
    this.#patienceMs = Math.min(PATIENCE_MS + pieceMs, reading.mostPatienceMs);
    this.#position = reading.start;
    this.#consumed = reading.start - reading.unreadBytes;
  }

  /** Sends what can be sent: call it when a piece has come. */
  pump(): void {
    while (!this.#over) {
      if (this.#position === this.#end) return this.#finish(() => this.#ports.end(this.#end));
      const roomBytes = this.#consumed + this.#creditBytes - this.#position;
      const piece = this.#manifest.firstPiece + Math.floor(this.#position / this.#manifest.pieceBytes);
      const held = roomBytes > 0 ? this.#ports.piece(piece) : undefined;
      if (held === undefined) return roomBytes > 0 ? this.#await(piece) : this.#rest();
      const from = this.#position % this.#manifest.pieceBytes;
      const bytes = held.bytes.slice(from, from + Math.min(roomBytes, this.#end - this.#position));
      if (bytes.length === 0) return this.fail("a piece of it is too short");
      this.#rest();
      if (this.#patience === "each piece") this.#waitedMs = 0;
      this.#position += bytes.length;
      this.#ports.data(bytes, held.path);
    }
  }

  /** The reader took bytes. */
  consumed(bytes: number): void {
    this.#consumed = Math.min(this.#position, this.#consumed + bytes);
    this.pump();
  }

  /** Nothing more will come. */
  fail(why: string): void {
    this.#finish(() => this.#ports.fail(why));
  }

  /** The reader wants no more; nothing is heard of the stream afterwards. */
  cancel(): void {
    this.#finish(() => {});
  }

  #await(piece: number): void {
    if (this.#awaited === piece) return;
    this.#rest();
    this.#awaited = piece;
    this.#sinceMs = this.#ports.clock.nowMs();
    const leftMs = this.#patienceMs - this.#waitedMs;
    this.#cancelTimer = this.#ports.clock.after(leftMs, () => this.fail("its pieces come too slowly"));
    this.#ports.need(piece, Math.max(this.#ports.clock.nowMs(), this.#dueMs));
  }

  #rest(): void {
    if (this.#awaited !== undefined) this.#waitedMs += this.#ports.clock.nowMs() - this.#sinceMs;
    this.#awaited = undefined;
    this.#cancelTimer?.();
    this.#cancelTimer = undefined;
  }

  #finish(tell: () => void): void {
    if (this.#over) return;
    this.#over = true;
    this.#rest();
    this.#ports.over();
    tell();
  }
}
