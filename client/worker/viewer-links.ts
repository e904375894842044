import type { Channel, ChannelEvents } from "../../peer/channel.ts";
import type { Clock } from "../../peer/clock.ts";
import type { ClientSignal } from "../../protocol/client-signal.ts";
import { MAX_LINKS } from "../../protocol/limits.ts";
import type { PeerMessage } from "../../protocol/peer-message.ts";
import type { FromLinkWorker } from "../worker-port.ts";
import { ViewerLink } from "./viewer-link.ts";

/** One of {@link MAX_LINKS} is the origin's. */
const MAX_VIEWER_LINKS = MAX_LINKS - 1;
/** Viewers remembered as out of reach, beside those with links. */
const MAX_REMEMBERED = 256;

/** What viewers' links need, and whom they tell. */
export interface ViewerLinksPorts {
  readonly clock: Clock;
  readonly random: () => number;
  tellPage(message: FromLinkWorker): void;
  send(signal: ClientSignal): void;
  /** A link is open; the answer hears everything that comes on it. */
  onOpen(peer: number, channel: Channel): ChannelEvents;
  /** Once for each `onOpen`. */
  onLost(peer: number): void;
}

/** This browser's links to other viewers: kept for the visit, shared by all swarms, never more than a browser bears. */
export class ViewerLinks {
  readonly #self: number;
  readonly #ports: ViewerLinksPorts;
  /** The order is that of use: the first were wanted longest ago. */
  readonly #links = new Map<number, ViewerLink>();
  readonly #banned = new Set<number>();
  #attempts = 0;

  /** `self`: our number; with another one all links are other links. */
  constructor(self: number, ports: ViewerLinksPorts) {
    this.#self = self;
    this.#ports = ports;
  }

  /** The link to this viewer, if there is or was one. */
  get(peer: number): ViewerLink | undefined {
    return this.#links.get(peer);
  }

  /** These viewers, and no others, are to have links; open ones to others stay while there is room. */
  want(peers: ReadonlySet<number>): void {
    for (const link of this.#links.values()) if (!peers.has(link.peer)) link.setWanted(false);
    this.#forgetIdle();
    for (const peer of peers) {
      if (peer === this.#self || this.#banned.has(peer) || !(this.get(peer)?.isBusy || this.#makeRoom())) continue;
      const link = this.#get(peer);
      this.#links.delete(peer);
      this.#links.set(peer, link);
      link.setWanted(true);
    }
  }

  /** Another viewer says this. */
  onMessage(peer: number, message: PeerMessage): void {
    if (peer === this.#self || this.#banned.has(peer)) return;
    if (message.kind !== "offer") {
      this.get(peer)?.onMessage(message);
      return;
    }
    // The planner passes messages on between assigned pairs only, but an offer may be here before our own assignment.
    if (this.get(peer)?.isBusy || this.#makeRoom()) this.#get(peer).onMessage(message);
    else this.#ports.send({ type: "peer", to: peer, message: { kind: "failed", attempt: message.attempt } });
  }

  /** No link to this viewer any more, whoever wants one. */
  ban(peer: number): void {
    this.#banned.add(peer);
    this.#links.get(peer)?.close();
  }

  close(): void {
    for (const link of this.#links.values()) link.close();
    this.#links.clear();
  }

  #get(peer: number): ViewerLink {
    const known = this.#links.get(peer);
    if (known) return known;
    const link = new ViewerLink(this.#self, peer, {
      clock: this.#ports.clock,
      random: this.#ports.random,
      nextAttempt: () => {
        this.#attempts += 1;
        return this.#attempts;
      },
      tellPage: (message) => this.#ports.tellPage(message),
      send: (message) => this.#ports.send({ type: "peer", to: peer, message }),
      onOpen: (channel) => this.#ports.onOpen(peer, channel),
      onLost: () => this.#ports.onLost(peer),
    });
    this.#links.set(peer, link);
    return link;
  }

  /** Whether one more connection may be made; closes the one that has been of no use for longest if need be. */
  #makeRoom(): boolean {
    const busy = [...this.#links.values()].filter((link) => link.isBusy);
    if (busy.length < MAX_VIEWER_LINKS) return true;
    const spare = busy.find((link) => !link.isWanted);
    if (spare === undefined) return false;
    spare.close();
    return true;
  }

  #forgetIdle(): void {
    for (const link of this.#links.values()) {
      const isForgotten = this.#links.size > MAX_REMEMBERED && !link.isBusy && !link.isWanted;
      if (!link.isIdle && !isForgotten) continue;
      link.close();
      this.#links.delete(link.peer);
    }
  }
}
