import { DATA_HEADER_BYTES, decodeFrame, encodeFrame, type FailReason, type Frame } from "../protocol/frame.ts";
import { MAX_STREAMS } from "../protocol/limits.ts";
import type { Body } from "./body.ts";
import type { Channel } from "./channel.ts";
import type { Clock } from "./clock.ts";
import { Outgoing } from "./outgoing.ts";
import { Window } from "./window.ts";

/**
 * What the peer at the other end did wrong; each is dropped. `malformed`: no frame. `unexpected`: a frame only an origin sends.
 * `impossible-ack`: claims bytes never sent. `duplicate-stream`: a stream number used twice.
 */
export type SenderFault = "malformed" | "unexpected" | "impossible-ack" | "duplicate-stream";

export interface SenderOptions {
  readonly channel: Channel;
  readonly clock: Clock;
  /** Called for each DATA frame handed to the channel. */
  readonly onSent?: (payloadBytes: number) => void;
  readonly onFault?: (fault: SenderFault) => void;
}

/** A link as its sender sees it now. */
export interface SenderStats {
  readonly streams: number;
  /** Bytes of DATA frames, headers included. */
  readonly sentBytes: number;
  readonly ackedBytes: number;
  readonly windowBytes: number;
  /** Newest round trip, queueing included; 0 before the first ACK. */
  readonly rttMs: number;
}

/** The origin's side of one link: sends bodies as streams, within each stream's credit and the link's window. */
export interface Sender {
  /**
   * Sends `body` as `stream`, its first byte at offset `start`; `end` is where it must stop, null if nobody knows; `creditBytes`
   * of it may go before the client grants more. The sender owns the body from here and cancels it whenever it stops early.
   * False if the stream was refused (too many open, number in use, sender closed, or the client has cancelled it already).
   */
  push(stream: number, body: Body, start: number, end: number | null, creditBytes: number): boolean;
  /** A message of the channel; garbage is dropped and reported to `onFault`. */
  onMessage(bytes: Uint8Array): void;
  /** Fails every open stream as `closing` and cancels its body. Safe to call twice; leaves the channel to its owner. */
  close(): void;
  stats(): SenderStats;
}

export function createSender(options: SenderOptions): Sender {
  return new LinkSender(options);
}

/** Accepted by the channel and not on its way: above this the engine below is stuck whatever the ACKs say. */
const MAX_BUFFERED_BYTES = 1_048_576;
/** The channel has no event for a drained buffer, so look again after this. */
const BUFFER_POLL_MS = 10;
/** A CANCEL may overtake the app's answer; the newest of them are remembered. */
const MAX_CANCELLED = MAX_STREAMS;

class LinkSender implements Sender {
  readonly #options: SenderOptions;
  readonly #window: Window;
  readonly #streams = new Map<number, Outgoing>();
  /** Streams that may have something to send now, in turn. */
  readonly #ready = new Set<Outgoing>();
  readonly #cancelled = new Set<number>();
  #cancelTimer: (() => void) | undefined;
  #pumping = false;
  #closed = false;

  constructor(options: SenderOptions) {
    this.#options = options;
    this.#window = new Window();
  }

  push(stream: number, body: Body, start: number, end: number | null, creditBytes: number): boolean {
    const outgoing = new Outgoing(stream, body, { start, end, limit: start + creditBytes });
    if (this.#refuses(stream)) {
      outgoing.cancel();
      return false;
    }
    this.#streams.set(stream, outgoing);
    outgoing.onReadable = () => this.#wake(outgoing);
    this.#wake(outgoing);
    return true;
  }

  onMessage(bytes: Uint8Array): void {
    if (this.#closed) return;
    const frame = decodeFrame(bytes);
    if (frame === undefined) this.#fault("malformed");
    else this.#onFrame(frame);
  }

  close(): void {
    if (this.#closed) return;
    for (const outgoing of [...this.#streams.values()]) this.#fail(outgoing, "closing");
    this.#closed = true;
    this.#cancelTimer?.();
  }

  stats(): SenderStats {
    const { sentBytes, ackedBytes } = this.#window.flight;
    const { rttMs, bytes: windowBytes } = this.#window;
    return { streams: this.#streams.size, sentBytes, ackedBytes, windowBytes, rttMs };
  }

  #refuses(stream: number): boolean {
    if (this.#closed || this.#cancelled.delete(stream)) return true;
    if (this.#streams.has(stream)) {
      this.#fault("duplicate-stream");
      return true;
    }
    if (this.#streams.size < MAX_STREAMS) return false;
    this.#send({ type: "fail", stream, reason: "limit" });
    return true;
  }

  #onFrame(frame: Frame): void {
    switch (frame.type) {
      case "credit":
        this.#onCredit(frame.stream, frame.limit);
        break;
      case "cancel":
        this.#onCancel(frame.stream);
        break;
      case "ack":
        this.#onAck(frame.received);
        break;
      case "ping":
        this.#onPing(frame.token);
        break;
      case "pong":
        break;
      case "data":
      case "end":
      case "fail":
        this.#fault("unexpected");
    }
  }

  #onCredit(stream: number, limit: number): void {
    const outgoing = this.#streams.get(stream);
    if (outgoing?.grant(limit)) this.#wake(outgoing);
  }

  #onCancel(stream: number): void {
    const outgoing = this.#streams.get(stream);
    if (outgoing === undefined) this.#rememberCancelled(stream);
    else this.#drop(outgoing);
  }

  #rememberCancelled(stream: number): void {
    this.#cancelled.add(stream);
    for (const oldest of this.#cancelled) {
      if (this.#cancelled.size <= MAX_CANCELLED) break;
      this.#cancelled.delete(oldest);
    }
  }

  #onAck(receivedBytes: number): void {
    if (!this.#window.acked(receivedBytes, this.#options.clock.nowMs())) this.#fault("impossible-ack");
    this.#pump();
  }

  #onPing(token: number): void {
    // A peer that floods pings and reads no answers must not fill our memory.
    if (this.#options.channel.bufferedBytes() < MAX_BUFFERED_BYTES) this.#send({ type: "pong", token });
  }

  #wake(outgoing: Outgoing): void {
    if (this.#streams.get(outgoing.stream) !== outgoing) return;
    if (outgoing.atEnd) {
      this.#step(outgoing);
      return;
    }
    this.#ready.add(outgoing);
    this.#pump();
  }

  #pump(): void {
    if (this.#pumping) return;
    this.#pumping = true;
    for (const outgoing of this.#ready) {
      const waitMs = this.#waitMs();
      if (waitMs > 0) {
        this.#pumpAfter(waitMs);
        break;
      }
      this.#ready.delete(outgoing);
      // Added again at the end of the set, so the loop comes back to it after all the others.
      if (this.#step(outgoing)) this.#ready.add(outgoing);
    }
    this.#pumping = false;
  }

  #waitMs(): number {
    if (this.#options.channel.bufferedBytes() > MAX_BUFFERED_BYTES) return BUFFER_POLL_MS;
    return this.#window.admitMs(this.#options.clock.nowMs());
  }

  #pumpAfter(delayMs: number): void {
    this.#cancelTimer?.();
    this.#cancelTimer = undefined;
    if (delayMs === Number.POSITIVE_INFINITY) return;
    this.#cancelTimer = this.#options.clock.after(delayMs, () => this.#pump());
  }

  /** Sends the stream's next frame; false if it has to wait for its body or for credit, or is over. */
  #step(outgoing: Outgoing): boolean {
    const { stream, offset } = outgoing;
    const next = outgoing.next(this.#window.frameBytes() - DATA_HEADER_BYTES);
    if (next === "wait") return false;
    if (next === "whole") {
      this.#streams.delete(stream);
      this.#send({ type: "end", stream, offset });
      return false;
    }
    if (next === "broken") {
      this.#fail(outgoing, "upstream");
      return false;
    }
    this.#sendData(stream, offset, next);
    return this.#streams.has(stream) && (outgoing.atEnd ? this.#step(outgoing) : true);
  }

  #sendData(stream: number, offset: number, payload: Uint8Array): void {
    this.#window.sent(DATA_HEADER_BYTES + payload.length, this.#options.clock.nowMs());
    if (this.#send({ type: "data", stream, offset, payload })) this.#options.onSent?.(payload.length);
  }

  #fail(outgoing: Outgoing, reason: FailReason): void {
    this.#drop(outgoing);
    this.#send({ type: "fail", stream: outgoing.stream, reason });
  }

  #drop(outgoing: Outgoing): void {
    this.#streams.delete(outgoing.stream);
    this.#ready.delete(outgoing);
    outgoing.cancel();
  }

  /** A channel that refuses a message is lost: a stream with a hole in it is worth nothing. */
  #send(frame: Frame): boolean {
    if (this.#closed) return false;
    if (this.#options.channel.send(encodeFrame(frame))) return true;
    this.#closed = true;
    this.#cancelTimer?.();
    for (const outgoing of [...this.#streams.values()]) this.#drop(outgoing);
    this.#options.channel.close();
    return false;
  }

  #fault(fault: SenderFault): void {
    this.#options.onFault?.(fault);
  }
}
