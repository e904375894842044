import type { Clock } from "../../../peer/clock.ts";
import type { Manifest } from "../../../protocol/manifest.ts";
import type { BytePath } from "../../../protocol/page-port.ts";
import { DUE_MS } from "./flow.ts";
import type { Patience } from "./patience.ts";

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
  /** The reader was sent what stands before `start`. */
  readonly isBegun: boolean;
}

/** One answer's bytes out of verified pieces: in order, as they come, within the reader's credit. */
export class SwarmStream {
  readonly #manifest: Pick<Manifest, "firstPiece" | "pieceBytes">;
  readonly #end: number;
  readonly #ports: SwarmStreamPorts;
  readonly #creditBytes: number;
  /** When every piece should be here, in time of the clock. */
  readonly #dueMs: number;
  readonly #patience: Patience;
  #position: number;
  #consumed: number;
  #awaited: number | undefined;
  #endWait: (() => void) | undefined;
  #over = false;

  /**
   * The bytes [start, end) of the manifest's segment, `creditBytes` of them ahead of the reader. The segment is `ageMs` old: while it is
   * young its pieces are on their way by themselves.
   */
  constructor(
    manifest: Pick<Manifest, "firstPiece" | "pieceBytes">,
    reading: Reading & { readonly ageMs: number; readonly patience: Patience },
    ports: SwarmStreamPorts,
  ) {
    this.#manifest = manifest;
    this.#end = reading.end;
    this.#ports = ports;
    this.#creditBytes = reading.creditBytes;
    this.#dueMs = ports.clock.nowMs() + DUE_MS - reading.ageMs;
    this.#patience = reading.patience;
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
      if (bytes.length === 0) return this.fail("short piece");
      this.#rest();
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
    this.#endWait = this.#patience.wait(() => this.fail("too slow"));
    this.#ports.need(piece, Math.max(this.#ports.clock.nowMs(), this.#dueMs));
  }

  #rest(): void {
    this.#awaited = undefined;
    this.#endWait?.();
    this.#endWait = undefined;
  }

  #finish(tell: () => void): void {
    if (this.#over) return;
    this.#over = true;
    this.#rest();
    this.#ports.over();
    tell();
  }
}
