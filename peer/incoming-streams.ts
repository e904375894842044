import { encodeFrame, type FailReason, type Frame } from "../protocol/frame.ts";
import type { Incoming, StreamSink } from "./incoming.ts";
import { LateFrames } from "./late-frames.ts";

/** `unexpected`: the end of a stream nobody opened. `unasked`: data of none, or beyond the credit. `gap`: not where the stream stands. */
export type StreamFault = "unexpected" | "unasked" | "gap";

export interface IncomingStreamsPorts {
  /** Sends a CREDIT or CANCEL. */
  readonly send: (bytes: Uint8Array<ArrayBuffer>) => void;
  readonly refuse: (fault: StreamFault, bytes: number) => void;
  /** The last open stream is over. */
  readonly onNone: () => void;
}

/** The streams one side of a link receives, each gapless and within the credit it grants. */
export class IncomingStreams {
  readonly #ports: IncomingStreamsPorts;
  readonly #streams = new Map<number, Incoming>();
  readonly #late = new LateFrames();

  constructor(ports: IncomingStreamsPorts) {
    this.#ports = ports;
  }

  get size(): number {
    return this.#streams.size;
  }

  open(stream: number, incoming: Incoming): void {
    this.#streams.set(stream, incoming);
  }

  consumed(stream: number, bytes: number): void {
    const limit = this.#streams.get(stream)?.consumed(bytes);
    if (limit !== undefined) this.#send({ type: "credit", stream, limit });
  }

  creditOf(stream: number): number {
    return this.#streams.get(stream)?.creditBytes ?? 0;
  }

  cancel(stream: number): void {
    const incoming = this.#streams.get(stream);
    if (incoming === undefined) return;
    this.#forget(stream);
    this.#late.expect(stream, incoming.creditBytes);
    this.#send({ type: "cancel", stream });
  }

  onData(stream: number, offset: number, payload: Uint8Array): void {
    const incoming = this.#streams.get(stream);
    if (incoming === undefined) {
      this.#onStray(stream, payload.length);
      return;
    }
    if (!incoming.accept(offset, payload.length)) {
      this.#ports.refuse(incoming.isAt(offset) ? "unasked" : "gap", payload.length);
      this.#break(stream, incoming);
      return;
    }
    incoming.sink.data(payload, offset);
  }

  onEnd(stream: number, offset: number, frameBytes: number): void {
    const incoming = this.#streams.get(stream);
    if (incoming === undefined) {
      this.#onStrayEnd(stream, frameBytes);
      return;
    }
    if (!incoming.isAt(offset)) {
      this.#ports.refuse("gap", frameBytes);
      this.#break(stream, incoming);
      return;
    }
    this.#forget(stream);
    incoming.sink.end(offset);
  }

  onFail(stream: number, reason: FailReason, frameBytes: number): void {
    const incoming = this.#streams.get(stream);
    if (incoming === undefined) {
      this.#onStrayEnd(stream, frameBytes);
      return;
    }
    this.#forget(stream);
    incoming.sink.fail(reason);
  }

  /** The link is over: every open stream fails as `closed`. */
  close(): void {
    const sinks = Array.from(this.#streams.values(), ({ sink }): StreamSink => sink);
    this.#streams.clear();
    for (const sink of sinks) sink.fail("closed");
  }

  #onStray(stream: number, payloadBytes: number): void {
    if (this.#late.take(stream, payloadBytes)) return;
    if (!this.#late.knows(stream)) {
      this.#late.expect(stream, 0);
      this.#send({ type: "cancel", stream });
    }
    this.#ports.refuse("unasked", payloadBytes);
  }

  #onStrayEnd(stream: number, frameBytes: number): void {
    if (!this.#late.ended(stream)) this.#ports.refuse("unexpected", frameBytes);
  }

  /** The sender broke the stream's rules: no byte of it can be trusted to be in its place. */
  #break(stream: number, incoming: Incoming): void {
    if (this.#streams.get(stream) !== incoming) return;
    this.cancel(stream);
    incoming.sink.fail("malformed");
  }

  #forget(stream: number): void {
    this.#streams.delete(stream);
    if (this.#streams.size === 0) this.#ports.onNone();
  }

  #send(frame: Frame): void {
    this.#ports.send(encodeFrame(frame));
  }
}
