import { DATA_HEADER_BYTES, encodeFrame, type FailReason } from "../protocol/frame.ts";
import { MAX_STREAMS } from "../protocol/limits.ts";
import type { Body } from "./body.ts";
import { Outgoing } from "./outgoing.ts";
import type { Transmitter, Turn } from "./transmitter.ts";

/** A CANCEL may overtake the app's answer; the newest of them are remembered. */
const MAX_CANCELLED = MAX_STREAMS;

export interface OutgoingStreamsPorts {
  readonly transmitter: Transmitter;
  /** Called for each DATA frame handed to the channel. */
  readonly onSent: (payloadBytes: number) => void;
  /** A stream number is in use already. */
  readonly onDuplicate: () => void;
}

/** A stream in the transmitter's line. */
interface Entry extends Turn {
  readonly outgoing: Outgoing;
}

/** The streams one side of a link sends: each within its credit, all within the window. */
export class OutgoingStreams {
  readonly #ports: OutgoingStreamsPorts;
  readonly #streams = new Map<number, Entry>();
  readonly #cancelled = new Set<number>();
  #closed = false;

  constructor(ports: OutgoingStreamsPorts) {
    this.#ports = ports;
  }

  get size(): number {
    return this.#streams.size;
  }

  /** As {@link PeerLink.push}. */
  push(stream: number, body: Body, range: { start: number; end: number | null; limit: number }): boolean {
    const outgoing = new Outgoing(stream, body, range);
    if (this.#refuses(stream)) {
      outgoing.cancel();
      return false;
    }
    const entry: Entry = { outgoing, urgent: true, step: (maxBytes) => this.#step(entry, maxBytes) };
    this.#streams.set(stream, entry);
    outgoing.onReadable = () => this.#wake(entry);
    this.#wake(entry);
    return true;
  }

  /** The peer grants credit. */
  grant(stream: number, limit: number): void {
    const entry = this.#streams.get(stream);
    if (entry?.outgoing.grant(limit)) this.#wake(entry);
  }

  /** The peer wants no more of it. */
  cancel(stream: number): void {
    const entry = this.#streams.get(stream);
    if (entry === undefined) this.#rememberCancelled(stream);
    else this.#drop(entry);
  }

  /** Ends every stream: with a word to the peer, if it still hears us. */
  close(reason: FailReason): void {
    if (this.#closed) return;
    this.#closed = true;
    for (const entry of [...this.#streams.values()]) this.#fail(entry, reason);
  }

  #refuses(stream: number): boolean {
    if (this.#closed || this.#cancelled.delete(stream)) return true;
    if (this.#streams.has(stream)) {
      this.#ports.onDuplicate();
      return true;
    }
    if (this.#streams.size < MAX_STREAMS) return false;
    this.#ports.transmitter.send(encodeFrame({ type: "fail", stream, reason: "limit" }));
    return true;
  }

  #rememberCancelled(stream: number): void {
    this.#cancelled.add(stream);
    for (const oldest of this.#cancelled) {
      if (this.#cancelled.size <= MAX_CANCELLED) break;
      this.#cancelled.delete(oldest);
    }
  }

  #isOpen(entry: Entry): boolean {
    return this.#streams.get(entry.outgoing.stream) === entry;
  }

  #wake(entry: Entry): void {
    if (!this.#isOpen(entry)) return;
    if (entry.outgoing.atEnd) this.#step(entry, DATA_HEADER_BYTES);
    else this.#ports.transmitter.ready(entry);
  }

  /** Sends the stream's next frame; false if it has to wait for its body or for credit, or is over. */
  #step(entry: Entry, maxBytes: number): boolean {
    const { stream, offset } = entry.outgoing;
    const next = entry.outgoing.next(maxBytes - DATA_HEADER_BYTES);
    if (next === "wait") return false;
    if (next === "whole") {
      this.#streams.delete(stream);
      this.#ports.transmitter.send(encodeFrame({ type: "end", stream, offset }));
      return false;
    }
    if (next === "broken") {
      this.#fail(entry, "upstream");
      return false;
    }
    const sent = this.#ports.transmitter.sendCounted(encodeFrame({ type: "data", stream, offset, payload: next }));
    if (sent) this.#ports.onSent(next.length);
    if (!this.#isOpen(entry)) return false;
    return entry.outgoing.atEnd ? this.#step(entry, maxBytes) : true;
  }

  #fail(entry: Entry, reason: FailReason): void {
    this.#drop(entry);
    this.#ports.transmitter.send(encodeFrame({ type: "fail", stream: entry.outgoing.stream, reason }));
  }

  #drop(entry: Entry): void {
    this.#streams.delete(entry.outgoing.stream);
    this.#ports.transmitter.idle(entry);
    entry.outgoing.cancel();
  }
}
