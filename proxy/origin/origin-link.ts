import type { Attempt, LinkPath } from "../../node/rtc.ts";
import type { Body } from "../../peer/body.ts";
import type { Channel, ChannelEvents } from "../../peer/channel.ts";
import type { Clock } from "../../peer/clock.ts";
import type { PeerLink, LinkFault as PeerLinkFault } from "../../peer/link-ports.ts";
import { createPeerLink } from "../../peer/peer-link.ts";
import type { LinkSwarms } from "../../peer/swarm/link-swarms.ts";
import type { UploadBudget } from "../../peer/upload-budget.ts";
import { MAX_CANDIDATES } from "../../protocol/limits.ts";

/** What a client did wrong on a link. */
export type LinkFault = `link-${PeerLinkFault}` | "link-candidates";

export interface LinkPorts {
  readonly clock: Clock;
  readonly onFault: (fault: LinkFault) => void;
  readonly onSent: (payloadBytes: number) => void;
  /** The origin's swarms; absent: viewers do not serve each other here. */
  readonly swarms?: OriginSwarmLinks | undefined;
  /** What pieces may take of the operator's uplink; absent: all there is. */
  readonly budget?: UploadBudget | undefined;
}

/** The origin's swarms as its links reach them. */
export interface OriginSwarmLinks {
  /** What the link to this viewer hands swarm frames to, until it is disconnected. */
  connect(peer: number): LinkSwarms;
  disconnect(link: LinkSwarms): void;
}

/** Clients send credit, acknowledgements and what they want of swarms, at most 133 bytes; room for what later versions add. */
const MAX_INBOUND_BYTES = 1_024;

/** One attempt of a client to have a link, and the link it becomes. */
export class OriginLink {
  readonly #ports: LinkPorts;
  readonly #peer: number;
  readonly #sinceMs: number;
  #attempt: Attempt | undefined;
  #link: PeerLink | undefined;
  #swarms: LinkSwarms | undefined;
  #candidates = 0;
  #sentBytes = 0;
  #closed = false;

  /** `peer`: the viewer's number. */
  constructor(ports: LinkPorts, peer: number) {
    this.#ports = ports;
    this.#peer = peer;
    this.#sinceMs = ports.clock.nowMs();
  }

  get state(): "connecting" | "open" | "closed" {
    if (this.#closed) return "closed";
    return this.#link === undefined ? "connecting" : "open";
  }

  get sentBytes(): number {
    return this.#sentBytes;
  }

  get ageMs(): number {
    return this.#ports.clock.nowMs() - this.#sinceMs;
  }

  get path(): LinkPath {
    const path = this.#attempt?.path();
    const measuredMs = this.#link?.stats().rttMs ?? 0;
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
    const { clock, swarms, budget } = this.#ports;
    const inbox = swarms?.connect(this.#peer);
    const link = createPeerLink({
      channel,
      clock,
      peer: this.#peer,
      streams: "out",
      maxMessageBytes: MAX_INBOUND_BYTES,
      onSent: (bytes) => this.#onSent(bytes),
      onFault: (fault) => this.#onFault(fault),
      ...(inbox && { inbox }),
      ...(budget && { budget }),
    });
    this.#link = link;
    this.#swarms = inbox;
    inbox?.carriedBy(link);
    return {
      onMessage: (bytes) => link.onMessage(bytes),
      onClose: () => {
        link.onClose();
        this.#disconnect();
      },
    };
  }

  /** Owns the body from here; false, and the body cancelled, if the link cannot take it. */
  push(stream: number, body: Body, start: number, end: number | null, creditBytes: number): boolean {
    if (this.state === "open" && this.#link !== undefined) {
      return this.#link.push(stream, body, start, end, creditBytes);
    }
    body.cancel();
    return false;
  }

  /** Tells the client that what is under way ends, then closes. Safe to call twice. */
  close(): void {
    if (this.#closed) return;
    this.#link?.close();
    this.#closed = true;
    this.#disconnect();
    this.#attempt?.close();
  }

  #disconnect(): void {
    if (this.#swarms !== undefined) this.#ports.swarms?.disconnect(this.#swarms);
  }

  #onSent(bytes: number): void {
    this.#sentBytes += bytes;
    this.#ports.onSent(bytes);
  }

  #onFault(fault: PeerLinkFault): void {
    this.#ports.onFault(`link-${fault}`);
    if (fault === "flood" || fault === "oversize") this.close();
  }
}
