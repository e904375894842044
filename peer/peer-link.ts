import { DATA_HEADER_BYTES, decodeFrame, encodeFrame, type Frame } from "../protocol/frame.ts";
import { MAX_FRAME_BYTES } from "../protocol/limits.ts";
import { isSwarmFrame } from "../protocol/swarm-frame.ts";
import type { Body } from "./body.ts";
import { Incoming, type StreamSink } from "./incoming.ts";
import { IncomingStreams } from "./incoming-streams.ts";
import type { LinkFault, LinkStats, PeerLink, PeerLinkOptions } from "./link-ports.ts";
import { Liveness } from "./liveness.ts";
import { OutgoingStreams } from "./outgoing-streams.ts";
import { Refusals } from "./refusals.ts";
import type { SwarmLink } from "./swarm/swarm-link.ts";
import { SwarmReceiver } from "./swarm/swarm-receiver.ts";
import { SwarmSender } from "./swarm/swarm-sender.ts";
import { TokenBucket } from "./token-bucket.ts";
import { Transmitter } from "./transmitter.ts";

/** One acknowledgement for each small frame of a fast link is 10,000 a second. */
const INBOUND_RATE_PER_S = 20_000;
const INBOUND_BURST = 40_000;
/** The peer owes an answer to a WANT for as long as it takes to notice that it is dead. */
const ANSWER_MS = 3_000;

export function createPeerLink(options: PeerLinkOptions): PeerLink {
  return new DuplexLink(options);
}

class DuplexLink implements PeerLink {
  readonly #options: PeerLinkOptions;
  readonly #transmitter: Transmitter;
  readonly #liveness: Liveness;
  readonly #outgoing: OutgoingStreams;
  readonly #incoming: IncomingStreams;
  readonly #pieces: SwarmSender;
  readonly #swarms: SwarmReceiver | undefined;
  readonly #inbound: TokenBucket;
  readonly #refusals = new Refusals();
  #pings = 0;
  /** When the newest ping went out, while it is unanswered. */
  #pingSentMs: number | undefined;
  #rttMs: number | undefined;
  #ackBytes = 0;
  #watched = false;
  #owedUntilMs = 0;
  #closed = false;

  constructor(options: PeerLinkOptions) {
    this.#options = options;
    const { channel, clock, inbox, peer, budget } = options;
    const transmitter = new Transmitter(channel, clock, () => this.hangUp());
    const refuse = (fault: LinkFault, bytes: number): void => this.#refuse(fault, bytes);
    const onSent = (bytes: number): void => options.onSent?.(bytes);
    this.#transmitter = transmitter;
    this.#inbound = new TokenBucket(INBOUND_RATE_PER_S, INBOUND_BURST, clock.nowMs());
    this.#liveness = new Liveness({
      clock,
      isExpecting: () => this.#isExpecting(),
      ask: () => this.#askRoundTrip(),
      onSilent: () => this.#silent(),
    });
    this.#outgoing = new OutgoingStreams({ transmitter, onSent, onDuplicate: () => this.#fault("duplicate-stream") });
    this.#incoming = new IncomingStreams({
      send: (bytes) => transmitter.send(bytes),
      refuse,
      onNone: () => this.#restIfIdle(),
    });
    this.#pieces = new SwarmSender({
      peer,
      transmitter,
      budget,
      onSent: (bytes) => {
        if (options.streams === "none") this.#liveness.start();
        onSent(bytes);
      },
      onWant: () => this.#owe(),
      rttMs: () => this.rttMs(),
    });
    if (inbox !== undefined) {
      const acknowledge = (bytes: number): void => {
        this.#refusals.came(bytes);
        this.#acknowledge(bytes);
      };
      this.#swarms = new SwarmReceiver({ clock, inbox, acknowledge, refuse, onFlood: () => this.#end("flood") });
    }
    // Nothing else would tell how far away a peer is before it is sent something.
    if (options.streams === "none") this.#askRoundTrip();
  }

  get peer(): number {
    return this.#options.peer;
  }

  push(stream: number, body: Body, start: number, end: number | null, creditBytes: number): boolean {
    return this.#outgoing.push(stream, body, { start, end, limit: start + creditBytes });
  }

  open(stream: number, start: number | null, sink: StreamSink, creditBytes: number): void {
    if (this.#closed) {
      sink.fail("closed");
      return;
    }
    this.#incoming.open(stream, new Incoming(sink, start, creditBytes));
    this.#liveness.start();
  }

  consumed(stream: number, bytes: number): void {
    this.#incoming.consumed(stream, bytes);
  }

  creditOf(stream: number): number {
    return this.#incoming.creditOf(stream);
  }

  cancel(stream: number): void {
    this.#incoming.cancel(stream);
  }

  swarm(swarm: number): SwarmLink {
    return this.#pieces.swarm(swarm);
  }

  watch(on: boolean): void {
    this.#watched = on;
    if (on && !this.#closed) this.#liveness.start();
  }

  rttMs(): number | undefined {
    return this.#rttMs;
  }

  onMessage(bytes: Uint8Array): void {
    if (this.#closed) return;
    this.#liveness.heard();
    if (bytes.length > (this.#options.maxMessageBytes ?? MAX_FRAME_BYTES)) this.#end("oversize");
    else if (!this.#inbound.take(this.#options.clock.nowMs())) this.#end("flood");
    else if (isSwarmFrame(bytes)) this.#onSwarmFrame(bytes);
    else this.#onPlainFrame(bytes);
  }

  onClose(): void {
    this.#transmitter.stop();
    this.close();
  }

  close(): void {
    if (this.#closed) return;
    this.#outgoing.close("closing");
    this.#closed = true;
    this.#liveness.stop();
    this.#pieces.close();
    this.#transmitter.stop();
    this.#incoming.close();
    this.#swarms?.close();
  }

  hangUp(): void {
    this.#options.channel.close();
    this.onClose();
  }

  stats(): LinkStats {
    const { windowBytes, rttMs, flight } = this.#transmitter;
    const { sentBytes, ackedBytes } = flight;
    const { queuedBytes } = this.#pieces;
    return { streams: this.#outgoing.size, sentBytes, ackedBytes, windowBytes, rttMs, queuedBytes };
  }

  #onSwarmFrame(bytes: Uint8Array): void {
    if (this.#swarms === undefined) this.#refuse("unexpected", bytes.length);
    else this.#swarms.onMessage(bytes);
  }

  #onPlainFrame(bytes: Uint8Array): void {
    const frame = decodeFrame(bytes);
    if (frame === undefined) this.#refuse("malformed", bytes.length);
    else if (!this.#takes(frame)) this.#refuse("unexpected", bytes.length);
    else this.#onFrame(frame, bytes.length);
  }

  /** Streams go one way at most; only who sends streams or pieces hears ACKs. */
  #takes({ type }: Frame): boolean {
    const { streams } = this.#options;
    if (type === "data" || type === "end" || type === "fail") return streams === "in";
    if (type === "credit" || type === "cancel") return streams === "out";
    return type === "ack" ? streams !== "in" : true;
  }

  #onFrame(frame: Frame, frameBytes: number): void {
    switch (frame.type) {
      case "data":
        this.#acknowledge(DATA_HEADER_BYTES + frame.payload.length);
        if (!this.#closed) this.#incoming.onData(frame.stream, frame.offset, frame.payload);
        break;
      case "end":
        this.#incoming.onEnd(frame.stream, frame.offset, frameBytes);
        break;
      case "fail":
        this.#incoming.onFail(frame.stream, frame.reason, frameBytes);
        break;
      case "credit":
        this.#outgoing.grant(frame.stream, frame.limit);
        break;
      case "cancel":
        this.#outgoing.cancel(frame.stream);
        break;
      case "ack":
        this.#onAck(frame.received, frameBytes);
        break;
      case "ping":
        // A peer that floods pings and reads no answers must not fill our memory.
        if (!this.#transmitter.stuck) this.#send({ type: "pong", token: frame.token });
        break;
      case "pong":
        this.#onPong(frame.token);
    }
  }

  #onAck(received: number, frameBytes: number): void {
    if (!this.#transmitter.acked(received)) this.#refuse("impossible-ack", frameBytes);
    this.#rttMs = this.#transmitter.rttMs || this.#rttMs;
  }

  #onPong(token: number): void {
    if (token !== this.#pings || this.#pingSentMs === undefined) return;
    this.#rttMs = this.#options.clock.nowMs() - this.#pingSentMs;
    this.#pingSentMs = undefined;
  }

  #acknowledge(bytes: number): void {
    this.#ackBytes += bytes;
    this.#send({ type: "ack", received: this.#ackBytes });
  }

  #isExpecting(): boolean {
    const { streams, clock } = this.#options;
    if (this.#watched || this.#incoming.size > 0 || this.#owedUntilMs > clock.nowMs()) return true;
    return streams === "none" && this.#transmitter.flight.bytes > 0;
  }

  #owe(): void {
    this.#owedUntilMs = this.#options.clock.nowMs() + ANSWER_MS;
    this.#liveness.start();
  }

  #restIfIdle(): void {
    if (!this.#isExpecting()) this.#liveness.stop();
  }

  #askRoundTrip(): void {
    this.#pings = (this.#pings + 1) % 0x1_0000_0000;
    this.#pingSentMs = this.#options.clock.nowMs();
    this.#send({ type: "ping", token: this.#pings });
  }

  #silent(): void {
    this.#options.onSilent?.();
    this.hangUp();
  }

  #refuse(fault: LinkFault, bytes: number): void {
    this.#fault(fault);
    if (this.#refusals.add(bytes, this.#options.clock.nowMs()) && !this.#closed) this.#end("flood");
  }

  #end(fault: LinkFault): void {
    this.#fault(fault);
    this.hangUp();
  }

  #fault(fault: LinkFault): void {
    this.#options.onFault?.(fault);
  }

  #send(frame: Frame): void {
    this.#transmitter.send(encodeFrame(frame));
  }
}
