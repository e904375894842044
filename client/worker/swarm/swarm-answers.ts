import type { Note } from "../../../protocol/note.ts";
import type { ToProvider } from "../../../protocol/page-port.ts";
import type { Found } from "./finder.ts";
import { noteOf } from "./swarm-note.ts";
import type { PiecePath, StreamSink, SwarmStream } from "./swarm-stream.ts";
import type { ViewerSwarm } from "./viewer-swarm.ts";

type Answering = Pick<ViewerSwarm, "open">;

export interface SwarmAnswersPorts {
  find(url: string): Promise<Found<Answering> | undefined>;
  note(stream: number, note: Note): void;
  /** The bytes are the taker's to keep. */
  data(stream: number, bytes: Uint8Array, path: PiecePath): void;
  end(stream: number, offset: number): void;
  fail(stream: number, why: string): void;
}

/** What the service worker asks of the swarms: a note and a stream for what they know, a failure for what they do not. */
export class SwarmAnswers {
  readonly #ports: SwarmAnswersPorts;
  /** By stream number; undefined while it is being looked for. */
  readonly #streams = new Map<number, SwarmStream | undefined>();

  constructor(ports: SwarmAnswersPorts) {
    this.#ports = ports;
  }

  async ask({ stream, url, range, creditBytes }: Extract<ToProvider, { type: "ask" }>): Promise<void> {
    this.#streams.set(stream, undefined);
    const found = await this.#ports.find(url).catch(() => undefined);
    // Cancelled meanwhile.
    if (!this.#streams.has(stream)) return;
    const note = found && noteOf(found.answer, stream, range);
    if (!found || !note) return this.#over(stream, () => this.#ports.fail(stream, "no swarm knows it"));
    this.#ports.note(stream, note);
    const reading = {
      start: note.start,
      end: note.end,
      creditBytes,
      unreadBytes: 0,
      isBegun: false,
    };
    this.goOn(stream, (sink) => found.swarm.open(found.answer, reading, sink));
  }

  /** The stream begins, or goes on, with what this opens. */
  goOn(stream: number, open: (sink: StreamSink) => SwarmStream): void {
    const opened = open({
      data: (bytes, path) => this.#ports.data(stream, bytes, path),
      end: (offset) => this.#over(stream, () => this.#ports.end(stream, offset)),
      fail: (why) => this.#over(stream, () => this.#ports.fail(stream, why)),
    });
    this.#streams.set(stream, opened);
    opened.pump();
  }

  /** The player took bytes; false if this is no stream of ours. */
  consumed(stream: number, bytes: number): boolean {
    this.#streams.get(stream)?.consumed(bytes);
    return this.#streams.has(stream);
  }

  /** The player wants no more; false if this is no stream of ours. */
  cancel(stream: number): boolean {
    this.#streams.get(stream)?.cancel();
    return this.#streams.delete(stream);
  }

  close(): void {
    for (const stream of [...this.#streams.keys()]) this.cancel(stream);
  }

  #over(stream: number, tell: () => void): void {
    this.#streams.delete(stream);
    tell();
  }
}
