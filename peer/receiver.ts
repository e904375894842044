import { DATA_HEADER_BYTES, decodeFrame, encodeFrame, type FailReason, type Frame } from "../protocol/frame.ts";
import { STREAM_CREDIT_BYTES } from "../protocol/limits.ts";
import type { Channel } from "./channel.ts";
import type { Clock } from "./clock.ts";
import { Incoming, type StreamSink } from "./incoming.ts";
import { LateFrames } from "./late-frames.ts";
import { Liveness } from "./liveness.ts";

/**
 * What the peer at the other end did wrong; each is dropped. `malformed`: no frame. `unexpected`: a frame only a client sends, or
 * the end of a stream nobody opened. `unasked`: data nobody opened a stream for or beyond the credit. `gap`: data not where the
 * stream stands. `flood`: too much of all that; the channel was closed.
 */
export type ReceiverFault = "malformed" | "unexpected" | "unasked" | "gap" | "flood";

export interface ReceiverOptions {
  readonly channel: Channel;
  readonly clock: Clock;
  readonly onFault?: (fault: ReceiverFault) => void;
  /** A stream was open and nothing came for 3 s: the channel is being closed. */
  readonly onSilent?: () => void;
}

export interface ReceiverCounters {
  readonly streams: number;
  /** Payload handed to sinks. */
  readonly deliveredBytes: number;
  /** Payload that came after its stream was cancelled. */
  readonly lateBytes: number;
  /** Messages dropped as faults, in bytes. */
  readonly refusedBytes: number;
  readonly faults: number;
}

/** The client's side of one link: takes streams, grants credit, acknowledges, notices a dead link. */
export interface Receiver {
  /**
   * Expects `stream` from offset `start` (null: wherever its first frame says), at most `creditBytes` of it unconsumed at any time; the
   * note request must name the same credit. Call it before the request goes out. On a closed link the sink fails at once.
   */
  open(stream: number, start: number | null, sink: StreamSink, creditBytes: number): void;
  /** The reader took bytes of the stream; grants more when half the credit is used up. */
  consumed(stream: number, bytes: number): void;
  /** No more of this stream; its sink hears nothing further. */
  cancel(stream: number): void;
  /** A message of the channel; garbage is dropped and reported to `onFault`. */
  onMessage(bytes: Uint8Array): void;
  /** The channel is closed: every open stream fails as `closed`. */
  onClose(): void;
  counters(): ReceiverCounters;
}

export function createReceiver(options: ReceiverOptions): Receiver {
  return new LinkReceiver(options);
}

/** Faulty bytes forgiven on one link: an honest peer sends none, a confused one at most a stream's credit. */
const MAX_REFUSED_BYTES = STREAM_CREDIT_BYTES;

class LinkReceiver implements Receiver {
  readonly #options: ReceiverOptions;
  readonly #liveness: Liveness;
  readonly #streams = new Map<number, Incoming>();
  readonly #late = new LateFrames();
  #ackBytes = 0;
  #deliveredBytes = 0;
  #lateBytes = 0;
  #refusedBytes = 0;
  #faults = 0;
  #pings = 0;
  #closed = false;

  constructor(options: ReceiverOptions) {
    this.#options = options;
    this.#liveness = new Liveness(
      options.clock,
      () => this.#ping(),
      () => this.#silent(),
    );
  }

  open(stream: number, start: number | null, sink: StreamSink, creditBytes: number): void {
    if (this.#closed) {
      sink.fail("closed");
      return;
    }
    this.#streams.set(stream, new Incoming(sink, start, creditBytes));
    this.#liveness.start();
  }

  consumed(stream: number, bytes: number): void {
    const limit = this.#streams.get(stream)?.consumed(bytes);
    if (limit !== undefined) this.#send({ type: "credit", stream, limit });
  }

  cancel(stream: number): void {
    const incoming = this.#streams.get(stream);
    if (incoming === undefined) return;
    this.#forget(stream);
    this.#late.expect(stream, incoming.creditBytes);
    this.#send({ type: "cancel", stream });
  }

  onMessage(bytes: Uint8Array): void {
    if (this.#closed) return;
    this.#liveness.heard();
    const frame = decodeFrame(bytes);
    if (frame === undefined) this.#refuse("malformed", bytes.length);
    else this.#onFrame(frame, bytes.length);
  }

  onClose(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#liveness.stop();
    const streams = [...this.#streams.values()];
    this.#streams.clear();
    for (const incoming of streams) incoming.sink.fail("closed");
  }

  counters(): ReceiverCounters {
    return {
      streams: this.#streams.size,
      deliveredBytes: this.#deliveredBytes,
      lateBytes: this.#lateBytes,
      refusedBytes: this.#refusedBytes,
      faults: this.#faults,
    };
  }

  #onFrame(frame: Frame, frameBytes: number): void {
    switch (frame.type) {
      case "data":
        this.#onData(frame.stream, frame.offset, frame.payload);
        break;
      case "end":
        this.#onEnd(frame.stream, frame.offset, frameBytes);
        break;
      case "fail":
        this.#onFail(frame.stream, frame.reason, frameBytes);
        break;
      case "ping":
        this.#send({ type: "pong", token: frame.token });
        break;
      case "pong":
        break;
      case "credit":
      case "cancel":
      case "ack":
        this.#refuse("unexpected", frameBytes);
    }
  }

  #onData(stream: number, offset: number, payload: Uint8Array): void {
    this.#acknowledge(DATA_HEADER_BYTES + payload.length);
    if (this.#closed) return;
    const incoming = this.#streams.get(stream);
    if (incoming === undefined) {
      this.#onStray(stream, payload.length);
      return;
    }
    if (!incoming.accept(offset, payload.length)) {
      this.#refuse(incoming.isAt(offset) ? "unasked" : "gap", payload.length);
      this.#break(stream, incoming);
      return;
    }
    this.#deliveredBytes += payload.length;
    incoming.sink.data(payload, offset);
  }

  #onStray(stream: number, payloadBytes: number): void {
    if (this.#late.take(stream, payloadBytes)) {
      this.#lateBytes += payloadBytes;
      return;
    }
    if (!this.#late.knows(stream)) {
      this.#late.expect(stream, 0);
      this.#send({ type: "cancel", stream });
    }
    this.#refuse("unasked", payloadBytes);
  }

  #onEnd(stream: number, offset: number, frameBytes: number): void {
    const incoming = this.#streams.get(stream);
    if (incoming === undefined) {
      this.#onStrayEnd(stream, frameBytes);
      return;
    }
    if (!incoming.isAt(offset)) {
      this.#refuse("gap", frameBytes);
      this.#break(stream, incoming);
      return;
    }
    this.#forget(stream);
    incoming.sink.end(offset);
  }

  #onFail(stream: number, reason: FailReason, frameBytes: number): void {
    const incoming = this.#streams.get(stream);
    if (incoming === undefined) {
      this.#onStrayEnd(stream, frameBytes);
      return;
    }
    this.#forget(stream);
    incoming.sink.fail(reason);
  }

  #onStrayEnd(stream: number, frameBytes: number): void {
    if (!this.#late.ended(stream)) this.#refuse("unexpected", frameBytes);
  }

  /** The sender broke the stream's rules: no byte of it can be trusted to be in its place. */
  #break(stream: number, incoming: Incoming): void {
    if (this.#streams.get(stream) !== incoming) return;
    this.cancel(stream);
    incoming.sink.fail("malformed");
  }

  #forget(stream: number): void {
    this.#streams.delete(stream);
    if (this.#streams.size === 0) this.#liveness.stop();
  }

  #acknowledge(bytes: number): void {
    this.#ackBytes += bytes;
    this.#send({ type: "ack", received: this.#ackBytes });
  }

  #refuse(fault: ReceiverFault, bytes: number): void {
    this.#faults += 1;
    this.#refusedBytes += bytes;
    this.#options.onFault?.(fault);
    if (this.#refusedBytes <= MAX_REFUSED_BYTES || this.#closed) return;
    this.#options.onFault?.("flood");
    this.#hangUp();
  }

  #ping(): void {
    this.#pings = (this.#pings + 1) % 0x1_0000_0000;
    this.#send({ type: "ping", token: this.#pings });
  }

  #silent(): void {
    this.#options.onSilent?.();
    this.#hangUp();
  }

  #hangUp(): void {
    this.#options.channel.close();
    this.onClose();
  }

  /** A channel that refuses even these few bytes is lost. */
  #send(frame: Frame): void {
    if (!this.#closed && !this.#options.channel.send(encodeFrame(frame))) this.#hangUp();
  }
}
