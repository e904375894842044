import type { Attempt, LinkPath } from "../../node/rtc.ts";
import type { Body } from "../../peer/body.ts";
import type { Channel, ChannelEvents } from "../../peer/channel.ts";
import type { Clock } from "../../peer/clock.ts";
import { createSender, type Sender, type SenderFault } from "../../peer/sender.ts";
import { TokenBucket } from "../../peer/token-bucket.ts";
import { MAX_CANDIDATES } from "../../protocol/limits.ts";

/** What a client did wrong on a link. */
export type LinkFault = `link-${SenderFault}` | "link-flood" | "link-oversize" | "link-candidates";

export interface LinkPorts {
  readonly clock: Clock;
  readonly onFault: (fault: LinkFault) => void;
  readonly onSent: (payloadBytes: number) => void;
}

/** Clients send credit and acknowledgements of at most 11 bytes; room for what later versions add. */
const MAX_INBOUND_BYTES = 1_024;
/** One acknowledgement for each small frame of a fast link is 10,000 a second. */
const INBOUND_RATE_PER_S = 20_000;
const INBOUND_BURST = 40_000;

/** One attempt of a client to have a link, and the link it becomes. */
export class OriginLink {
  readonly #ports: LinkPorts;
  readonly #inbound: TokenBucket;
  readonly #sinceMs: number;
  #attempt: Attempt | undefined;
  #sender: Sender | undefined;
  #candidates = 0;
  #sentBytes = 0;
  #closed = false;

  constructor(ports: LinkPorts) {
    this.#ports = ports;
    this.#sinceMs = ports.clock.nowMs();
    this.#inbound = new TokenBucket(INBOUND_RATE_PER_S, INBOUND_BURST, this.#sinceMs);
  }

  get state(): "connecting" | "open" | "closed" {
    if (this.#closed) return "closed";
    return this.#sender === undefined ? "connecting" : "open";
  }

  get sentBytes(): number {
    return this.#sentBytes;
  }

  get ageMs(): number {
    return this.#ports.clock.nowMs() - this.#sinceMs;
  }

  get path(): LinkPath {
    const path = this.#attempt?.path();
    const measuredMs = this.#sender?.stats().rttMs ?? 0;
    return { rttMs: measuredMs > 0 ? measuredMs : path?.rttMs, remoteKind: path?.remoteKind };
  }

  /** The attempt this link is; given once, right after `accept`. */
  carriedBy(attempt: Attempt): void {
    this.#attempt = attempt;
    if (this.#closed) attempt.close();
  }

  addCandidate(candidate: string, mid: string): void {
    this.#candidates += 1;
    if (this.#candidates > MAX_CANDIDATES) this.#ports.onFault("link-candidates");
    else this.#attempt?.addCandidate(candidate, mid);
  }

  open(channel: Channel): ChannelEvents {
    const sender = createSender({
      channel,
      clock: this.#ports.clock,
      onSent: (bytes) => this.#onSent(bytes),
      onFault: (fault) => this.#ports.onFault(`link-${fault}`),
    });
    this.#sender = sender;
    return { onMessage: (bytes) => this.#onMessage(sender, bytes), onClose: () => sender.close() };
  }

  /** Owns the body from here; false, and the body cancelled, if the link cannot take it. */
  push(stream: number, body: Body, start: number, end: number | null, creditBytes: number): boolean {
    if (this.state === "open" && this.#sender !== undefined) {
      return this.#sender.push(stream, body, start, end, creditBytes);
    }
    body.cancel();
    return false;
  }

  /** Tells the client that what is under way ends, then closes. Safe to call twice. */
  close(): void {
    if (this.#closed) return;
    this.#sender?.close();
    this.#closed = true;
    this.#attempt?.close();
  }

  #onMessage(sender: Sender, bytes: Uint8Array): void {
    if (bytes.length > MAX_INBOUND_BYTES) this.#end("link-oversize");
    else if (!this.#inbound.take(this.#ports.clock.nowMs())) this.#end("link-flood");
    else sender.onMessage(bytes);
  }

  #onSent(bytes: number): void {
    this.#sentBytes += bytes;
    this.#ports.onSent(bytes);
  }

  #end(fault: LinkFault): void {
    this.#ports.onFault(fault);
    this.close();
  }
}
