import type { Channel } from "../../../peer/channel.ts";
import type { Clock } from "../../../peer/clock.ts";
import { FairBudget } from "../../../peer/fair-budget.ts";
import type { PeerLink } from "../../../peer/link-ports.ts";
import { createPeerLink } from "../../../peer/peer-link.ts";
import type { JoinedSwarm } from "../../../peer/swarm/joined-swarm.ts";
import { LinkSwarms } from "../../../peer/swarm/link-swarms.ts";
import { SwarmGate } from "../../../peer/swarm/swarm-gate.ts";
import { SharedUploadBudget } from "../../../peer/upload-budget.ts";
import { ORIGIN_PEER } from "../../../protocol/ids.ts";

export interface PeerLinksPorts {
  readonly clock: Clock;
  /** Whether the origin signed these bytes. */
  verify(bytes: Uint8Array, signature: Uint8Array): Promise<boolean>;
  /** The origin's clock in milliseconds, while it is known. */
  originMs(): number | undefined;
  /** A peer did something wrong, in a word; it was dropped. */
  onFault(peer: number, fault: string): void;
}

/** What this browser may give. */
export interface Giving {
  /** Anything at all. */
  readonly upload: boolean;
  /** At most so many times what it took; Infinity: no limit. */
  readonly uploadRatio: number;
}

/** The open links, and which swarms they speak of: all that this browser is in, each where the other has shown a ticket for it. */
export class PeerLinks {
  readonly #ports: PeerLinksPorts;
  readonly #links = new Map<number, { readonly link: PeerLink; readonly swarms: LinkSwarms }>();
  readonly #joined = new Map<number, JoinedSwarm>();
  readonly #budget: SharedUploadBudget;
  readonly #fairBudget: FairBudget;
  #uploadedBytes = 0;

  constructor({ upload, uploadRatio }: Giving, ports: PeerLinksPorts) {
    this.#ports = ports;
    this.#budget = new SharedUploadBudget(ports.clock, rateOf(upload));
    this.#fairBudget = new FairBudget(this.#budget, uploadRatio);
  }

  /** Payload of pieces sent to other viewers. */
  get uploadedBytes(): number {
    return this.#uploadedBytes;
  }

  /** Content that came over links and went into a player. */
  took(bytes: number): void {
    this.#fairBudget.took(bytes);
  }

  setUpload(upload: boolean): void {
    this.#budget.rateBps = rateOf(upload);
  }

  /** A channel to this peer is open: the link that hears everything on it. */
  open(peer: number, channel: Channel): PeerLink {
    const { clock, verify } = this.#ports;
    const onFault = (fault: string): void => this.#ports.onFault(peer, fault);
    const originMs = (): number | undefined => this.#ports.originMs();
    const gate = peer === ORIGIN_PEER ? {} : { gate: new SwarmGate({ clock, peer, verify, originMs }) };
    const swarms = new LinkSwarms({ clock, peer, ...gate, onFault });
    const link = createPeerLink({
      channel,
      clock,
      peer,
      streams: peer === ORIGIN_PEER ? "in" : "none",
      inbox: swarms,
      budget: this.#fairBudget,
      onSent: (bytes) => {
        this.#uploadedBytes += bytes;
      },
      onFault,
    });
    swarms.carriedBy(link);
    for (const joined of this.#joined.values()) swarms.join(joined);
    this.#links.set(peer, { link, swarms });
    return link;
  }

  /** The link was lost. */
  lost(peer: number): void {
    this.#links.delete(peer);
  }

  rttMs(peer: number): number | undefined {
    return this.#links.get(peer)?.link.rttMs();
  }

  /** These peers are to send by themselves, so their silence means something. */
  watch(parents: ReadonlySet<number>): void {
    for (const [peer, { link }] of this.#links) link.watch(parents.has(peer));
  }

  join(joined: JoinedSwarm): void {
    this.#joined.set(joined.swarm, joined);
    for (const { swarms } of this.#links.values()) swarms.join(joined);
  }

  /** Shows the swarm's new ticket to everybody. */
  renew(swarm: number): void {
    for (const { swarms } of this.#links.values()) swarms.renew(swarm);
  }

  leave(swarm: number): void {
    this.#joined.delete(swarm);
    for (const { swarms } of this.#links.values()) swarms.leave(swarm);
  }
}

function rateOf(upload: boolean): number {
  return upload ? Number.POSITIVE_INFINITY : 0;
}
