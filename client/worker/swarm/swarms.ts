import type { Channel } from "../../../peer/channel.ts";
import type { Clock } from "../../../peer/clock.ts";
import type { PeerLink } from "../../../peer/link-ports.ts";
import { OriginTime } from "../../../peer/swarm/origin-time.ts";
import { ORIGIN_PEER } from "../../../protocol/ids.ts";
import type { ClientSignal, ServerSignal } from "../../../protocol/signal.ts";
import { Finder, type Found } from "./finder.ts";
import { heldTicket } from "./held-ticket.ts";
import { type Giving, PeerLinks } from "./peer-links.ts";
import { reportOf } from "./report.ts";
import { ViewerSwarm } from "./viewer-swarm.ts";

/** How often the planner hears what peers did, and idle swarms are looked for. */
const REPORT_MS = 5_000;
/** Renditions of a stream or two; nobody watches more at once. */
const MAX_SWARMS = 8;

export interface SwarmsPorts {
  readonly clock: Clock;
  /** What the planner may know this browser by; undefined: it is to know nothing. */
  readonly visitor: string | undefined;
  readonly random: () => number;
  verify(bytes: Uint8Array, signature: Uint8Array): Promise<boolean>;
  /** SHA-256. */
  digest(bytes: Uint8Array): Promise<Uint8Array>;
  /** To the planner. */
  send(signal: ClientSignal): void;
  /** The other viewers to have links to. */
  want(peers: ReadonlySet<number>): void;
  /** This viewer sent what the origin never made: no link to it any more. */
  ban(peer: number): void;
  /** A peer did something wrong, in a word; it was dropped. */
  onFault(peer: number, fault: string): void;
}

/** The swarms this browser is in. */
export class Swarms {
  readonly links: PeerLinks;
  readonly #ports: SwarmsPorts;
  readonly #finder: Finder<ViewerSwarm>;
  readonly #originTime: OriginTime;
  readonly #swarms = new Map<number, ViewerSwarm>();
  #self = 0;
  #upload: boolean;
  #cancelReport: (() => void) | undefined;

  constructor(giving: Giving, ports: SwarmsPorts) {
    this.#ports = ports;
    this.#upload = giving.upload;
    this.#originTime = new OriginTime(ports.clock);
    this.#finder = new Finder({
      clock: ports.clock,
      digest: ports.digest,
      swarms: () => this.#swarms.values(),
    });
    this.links = new PeerLinks(giving, {
      clock: ports.clock,
      verify: ports.verify,
      originMs: () => this.#originTime.nowMs(),
      onFault: ports.onFault,
    });
  }

  /** The planner knows us by this number (again): it is told everything anew. Tickets for another number are worth nothing. */
  welcome(self: number): void {
    if (self !== this.#self) for (const swarm of [...this.#swarms.values()]) this.#leave(swarm);
    this.#self = self;
    this.#tellMeans();
    for (const swarm of this.#swarms.values()) this.#tellJoin(swarm);
  }

  setUpload(upload: boolean): void {
    this.#upload = upload;
    this.links.setUpload(upload);
    this.#tellMeans();
  }

  /** A note said that this URL is a swarm's, and brought our ticket. What is none is dropped. */
  join(noteSwarm: unknown, url: string): void {
    const ticket = heldTicket(noteSwarm, this.#self);
    if (ticket === undefined) return this.#ports.onFault(ORIGIN_PEER, "ticket");
    const known = this.#swarms.get(ticket.swarm);
    if (known === undefined && this.#swarms.size >= MAX_SWARMS) return;
    const swarm = known ?? this.#enter(ticket);
    swarm.asked(new URL(url).pathname);
    if (known !== undefined && ticket.expiresMs > known.ticket.expiresMs) {
      known.ticket = ticket;
      this.links.renew(known.id);
      this.#tellJoin(known);
    }
  }

  assign(signal: Extract<ServerSignal, { type: "assign" }>): void {
    const { swarm, seq, stripes, parents, children } = signal;
    if (this.#swarms.get(swarm)?.assign(seq, { stripes, parents, children })) this.#useAssignments();
  }

  /** Which swarm knows this URL, perhaps in a moment. */
  find(url: string): Promise<Found<ViewerSwarm> | undefined> {
    return this.#finder.find(url);
  }

  open(peer: number, channel: Channel): PeerLink {
    const link = this.links.open(peer, channel);
    link.watch(this.#assigned("parents").has(peer));
    return link;
  }

  close(): void {
    this.#cancelReport?.();
    for (const swarm of this.#swarms.values()) swarm.close();
    this.#swarms.clear();
  }

  #enter(ticket: NonNullable<ReturnType<typeof heldTicket>>): ViewerSwarm {
    const { clock, random, verify, digest } = this.#ports;
    const swarm = new ViewerSwarm({
      self: this.#self,
      ticket,
      clock,
      random,
      originTime: this.#originTime,
      verify,
      digest,
      onAnnounced: () => this.#finder.announced(),
      onCorrupt: (peer) => this.#ports.ban(peer),
    });
    this.#swarms.set(swarm.id, swarm);
    this.links.join(swarm.joined);
    this.#tellJoin(swarm);
    this.#cancelReport ??= clock.after(REPORT_MS, () => this.#report());
    return swarm;
  }

  #leave(swarm: ViewerSwarm): void {
    this.#swarms.delete(swarm.id);
    this.links.leave(swarm.id);
    swarm.close();
    this.#useAssignments();
  }

  /** Links are for all swarms together. */
  #useAssignments(): void {
    const parents = this.#assigned("parents");
    const viewers = new Set([...parents, ...this.#assigned("children")]);
    viewers.delete(ORIGIN_PEER);
    this.#ports.want(viewers);
    this.links.watch(parents);
  }

  #assigned(role: "parents" | "children"): Set<number> {
    const edges = [...this.#swarms.values()].flatMap(({ assignment }) => assignment?.[role] ?? []);
    return new Set(edges.map(({ peer }) => peer));
  }

  #report(): void {
    this.#cancelReport = undefined;
    for (const swarm of [...this.#swarms.values()]) {
      const peers = reportOf(swarm.takeTally(), (peer) => this.links.rttMs(peer));
      if (peers.length > 0) this.#ports.send({ type: "report", swarm: swarm.id, peers });
      if (!swarm.isOver) continue;
      this.#leave(swarm);
      this.#ports.send({ type: "leave", swarm: swarm.id });
    }
    if (this.#swarms.size > 0) this.#cancelReport = this.#ports.clock.after(REPORT_MS, () => this.#report());
  }

  #tellMeans(): void {
    if (this.#self !== 0) this.#ports.send({ type: "means", means: { upload: this.#upload } });
  }

  #tellJoin({ id, ticket }: ViewerSwarm): void {
    this.#ports.send({ type: "join", swarm: id, ticket: ticket.text, visitor: this.#ports.visitor });
  }
}
