import type { Channel, ChannelEvents } from "../peer/channel.ts";
import type { Clock } from "../peer/clock.ts";
import type { SimLink } from "./sim-link.ts";

/** Payload of a full packet and its bytes on the wire: IP, UDP, DTLS and SCTP take about 8 %. */
export const PACKET_PAYLOAD_BYTES = 1_160;
export const PACKET_WIRE_BYTES = 1_256;
/** Wire bytes of a packet beside its payload. */
const OVERHEAD_BYTES = PACKET_WIRE_BYTES - PACKET_PAYLOAD_BYTES;
/** A lost packet stalls the connection for about SCTP's retransmission timer. */
const STALL_MS = 300;
/** SCTP's window after a loss does not fall below four packets. */
const SMALLEST_WINDOW_BYTES = 4 * PACKET_PAYLOAD_BYTES;

/** `max_burst` as libdatachannel sets it. */
const BURST_PACKETS = 10;

export interface SimSctpOptions {
  readonly clock: Clock;
  /** The bottleneck from the origin to the client; the way back has none. */
  readonly link: SimLink;
  readonly oneWayDelayMs: number;
  readonly origin: ChannelEvents;
  readonly client: ChannelEvents;
  /** SCTP's own first window; it doubles each round trip. Infinity: SCTP never limits until it loses. */
  readonly firstWindowBytes?: number;
  /** When a message that arrives at the client is noticed, given the time of its arrival. Default: at once. */
  readonly clientNoticesMs?: (arrivedMs: number) => number;
  /** As above, of messages arriving at the origin. */
  readonly originNoticesMs?: (arrivedMs: number) => number;
}

interface Packet {
  readonly payloadBytes: number;
  /** The message that this packet completes. */
  readonly completes: Uint8Array | undefined;
  arrived: boolean;
}

/**
 * A DataChannel over a bottleneck, as far as it matters to a window above it: packets in order, a window that grows until a packet
 * is lost, then a stall, a halving and slower growth; after a pause it starts again from ten packets. The bottleneck is one way; answers only take time.
 */
export class SimSctp {
  readonly origin: Channel;
  readonly client: Channel;
  readonly #options: SimSctpOptions;
  readonly #unsent: Packet[] = [];
  #unsentHead = 0;
  #unsentBytes = 0;
  readonly #sent: Packet[] = [];
  readonly #lost: Packet[] = [];
  #flightBytes = 0;
  #windowBytes: number;
  #thresholdBytes = Number.POSITIVE_INFINITY;
  #stalled = false;
  #clientHeardMs = 0;
  #originHeardMs = 0;
  #open = true;

  constructor(options: SimSctpOptions) {
    this.#options = options;
    this.#windowBytes = options.firstWindowBytes ?? 10 * PACKET_PAYLOAD_BYTES;
    const close = (): void => this.#close();
    this.origin = { send: (bytes) => this.#send(bytes), bufferedBytes: () => this.#unsentBytes, close };
    this.client = { send: (bytes) => this.#answer(bytes), bufferedBytes: () => 0, close };
  }

  #send(bytes: Uint8Array): boolean {
    if (!this.#open) return false;
    for (let at = 0; at < bytes.length; at += PACKET_PAYLOAD_BYTES) {
      const payloadBytes = Math.min(PACKET_PAYLOAD_BYTES, bytes.length - at);
      const last = at + payloadBytes === bytes.length;
      this.#unsent.push({ payloadBytes, completes: last ? bytes : undefined, arrived: false });
    }
    this.#unsentBytes += bytes.length;
    this.#transmit();
    return true;
  }

  #answer(bytes: Uint8Array): boolean {
    if (!this.#open) return false;
    const { clock, oneWayDelayMs, originNoticesMs } = this.#options;
    const arrivesMs = clock.nowMs() + oneWayDelayMs;
    this.#originHeardMs = Math.max(this.#originHeardMs, originNoticesMs?.(arrivesMs) ?? arrivesMs);
    clock.after(this.#originHeardMs - clock.nowMs(), () => {
      if (this.#open) this.#options.origin.onMessage(bytes);
    });
    return true;
  }

  #transmit(): void {
    this.#limitBurst();
    while (!this.#stalled && this.#flightBytes < this.#windowBytes) {
      const packet = this.#unsent[this.#unsentHead];
      if (packet === undefined) return;
      this.#unsentHead += 1;
      if (this.#unsentHead > 4_096) this.#unsent.splice(0, this.#unsentHead);
      if (this.#unsentHead > 4_096) this.#unsentHead = 0;
      this.#unsentBytes -= packet.payloadBytes;
      this.#flightBytes += packet.payloadBytes;
      this.#sent.push(packet);
      this.#put(packet);
    }
  }

  /** As usrsctp does at each send: what a pause left unused of the window is found again by slow start. */
  #limitBurst(): void {
    const mostBytes = this.#flightBytes + BURST_PACKETS * PACKET_PAYLOAD_BYTES;
    if (this.#stalled || this.#windowBytes <= mostBytes) return;
    this.#thresholdBytes = Math.max(this.#thresholdBytes, this.#windowBytes);
    this.#windowBytes = mostBytes;
  }

  #put(packet: Packet): void {
    const { clock, link, oneWayDelayMs } = this.#options;
    const queued = link.enqueue(packet.payloadBytes + OVERHEAD_BYTES, () => {
      clock.after(oneWayDelayMs, () => this.#arrive(packet));
    });
    if (!queued) this.#lose(packet);
  }

  #lose(packet: Packet): void {
    this.#lost.push(packet);
    if (this.#stalled) return;
    this.#stalled = true;
    this.#windowBytes = Math.max(SMALLEST_WINDOW_BYTES, Math.min(this.#windowBytes, this.#flightBytes) / 2);
    this.#thresholdBytes = this.#windowBytes;
    this.#options.clock.after(STALL_MS, () => this.#resend());
  }

  #resend(): void {
    this.#stalled = false;
    for (const packet of this.#lost.splice(0)) this.#put(packet);
    this.#transmit();
  }

  #arrive(packet: Packet): void {
    packet.arrived = true;
    const { clock, oneWayDelayMs } = this.#options;
    clock.after(oneWayDelayMs, () => this.#sacked(packet.payloadBytes));
    let delivered = 0;
    for (const next of this.#sent) {
      if (!next.arrived) break;
      delivered += 1;
      if (next.completes !== undefined) this.#deliver(next.completes);
    }
    this.#sent.splice(0, delivered);
  }

  #deliver(message: Uint8Array): void {
    const { clock, client, clientNoticesMs } = this.#options;
    const nowMs = clock.nowMs();
    this.#clientHeardMs = Math.max(this.#clientHeardMs, clientNoticesMs?.(nowMs) ?? nowMs);
    clock.after(this.#clientHeardMs - nowMs, () => {
      if (this.#open) client.onMessage(message);
    });
  }

  #sacked(bytes: number): void {
    const limited = this.#flightBytes >= this.#windowBytes - PACKET_PAYLOAD_BYTES;
    this.#flightBytes -= bytes;
    if (limited) {
      const slow = this.#windowBytes < this.#thresholdBytes;
      this.#windowBytes += slow ? bytes : (bytes * PACKET_PAYLOAD_BYTES) / this.#windowBytes;
    }
    this.#transmit();
  }

  #close(): void {
    if (!this.#open) return;
    this.#open = false;
    this.#options.clock.after(0, () => {
      this.#options.origin.onClose();
      this.#options.client.onClose();
    });
  }
}
