import type { Channel } from "../../../peer/channel.ts";
import type { Clock } from "../../../peer/clock.ts";
import type { PeerLink } from "../../../peer/link-ports.ts";
import { OriginTime } from "../../../peer/swarm/origin-time.ts";
import type { ClientSignal } from "../../../protocol/client-signal.ts";
import { ORIGIN_PEER } from "../../../protocol/ids.ts";
import type { Note } from "../../../protocol/note.ts";
import type { ServerSignal } from "../../../protocol/signal.ts";
import { TICKET_MS } from "../../../protocol/ticket.ts";
import type { BegunStream } from "../begun-stream.ts";
import { Finder, type Found } from "./finder.ts";
import { type HeldTicket, heldTicket } from "./held-ticket.ts";
import { LiveSwarm } from "./live-swarm.ts";
import { type Giving, PeerLinks } from "./peer-links.ts";
import { reportOf } from "./report.ts";
import type { SwarmEntry } from "./swarm-entry.ts";
import type { ViewerSwarm } from "./viewer-swarm.ts";

/** How often the planner hears what peers did, and idle swarms are looked for. */
const REPORT_MS = 5_000;
/** Renditions of a stream or two, and some films; nobody watches more at once. */
const MAX_SWARMS = 8;

/** Enters an on-demand swarm; undefined if what the note says of its pages is nonsense. */
export type EnterDemand = (entry: SwarmEntry) => Promise<ViewerSwarm | undefined>;

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
  /** What on-demand swarms take is loaded when the first is entered. */
  loadDemand(): Promise<EnterDemand>;
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
  /** On-demand swarms whose content is being opened. */
  readonly #entering = new Map<number, Promise<ViewerSwarm | undefined>>();
  #self = 0;
  #closed = false;
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

  /** A note said that this URL is a swarm's, and brought our ticket; `begun`: its body. What is none is dropped. */
  join(note: Note, url: string, begun?: BegunStream): void {
    const ticket = heldTicket(note.swarm, this.#self);
    if (ticket === undefined) return this.#ports.onFault(ORIGIN_PEER, "ticket");
    this.#originTime.learn(ticket.expiresMs - TICKET_MS);
    const use = (swarm: ViewerSwarm | undefined): void => {
      swarm?.asked(new URL(url).pathname);
      if (swarm !== undefined) this.#renew(swarm, ticket);
      if (begun !== undefined) swarm?.begun(note, begun);
    };
    const known = this.#swarms.get(ticket.swarm);
    if (known !== undefined || ticket.pages === undefined) use(known ?? this.#enterLive(ticket));
    else void this.#enterDemand(ticket).then(use);
  }

  assign(signal: Extract<ServerSignal, { type: "assign" }>): void {
    const { swarm, seq, stripes, parents, children } = signal;
    const known = this.#swarms.get(swarm);
    if (!known?.membership.assign(seq, { stripes, parents, children })) return;
    known.assigned();
    this.#useAssignments();
  }

  /** Which swarm knows this URL, perhaps in a moment. */
  find(url: string): Promise<Found<ViewerSwarm> | undefined> {
    return this.#finder.find(url);
  }

  open(peer: number, channel: Channel): PeerLink {
    const link = this.links.open(peer, channel);
    link.watch(this.#watched().has(peer));
    return link;
  }

  close(): void {
    this.#closed = true;
    this.#cancelReport?.();
    for (const swarm of this.#swarms.values()) swarm.close();
    this.#swarms.clear();
  }

  #enterLive(ticket: HeldTicket): ViewerSwarm | undefined {
    return this.#makeRoom() ? this.#entered(new LiveSwarm(this.#entry(ticket))) : undefined;
  }

  #enterDemand(ticket: HeldTicket): Promise<ViewerSwarm | undefined> {
    const known = this.#entering.get(ticket.swarm);
    if (known !== undefined) return known;
    const entering = this.#open(ticket)
      .catch(() => undefined)
      .finally(() => this.#entering.delete(ticket.swarm));
    this.#entering.set(ticket.swarm, entering);
    return entering;
  }

  async #open(ticket: HeldTicket): Promise<ViewerSwarm | undefined> {
    const entry = this.#entry(ticket);
    const enter = await this.#ports.loadDemand();
    const swarm = await enter(entry);
    if (swarm === undefined) this.#ports.onFault(ORIGIN_PEER, "ticket");
    else if (!this.#closed && entry.self === this.#self && this.#makeRoom()) return this.#entered(swarm);
    swarm?.close();
    return undefined;
  }

  #entry(ticket: HeldTicket): SwarmEntry {
    const { clock, random, verify, digest } = this.#ports;
    return {
      self: this.#self,
      ticket,
      clock,
      random,
      uploads: () => this.#upload,
      originTime: this.#originTime,
      verify,
      digest,
      onAnnounced: () => this.#finder.announced(),
      onCorrupt: (peer) => this.#ports.ban(peer),
    };
  }

  #entered(swarm: ViewerSwarm): ViewerSwarm {
    this.#swarms.set(swarm.joined.swarm, swarm);
    this.links.join(swarm.joined);
    this.#tellJoin(swarm);
    this.#cancelReport ??= this.#ports.clock.after(REPORT_MS, () => this.#report());
    return swarm;
  }

  /** Whether one more may be entered; the on-demand swarm that has been idle for longest gives way. */
  #makeRoom(): boolean {
    if (this.#swarms.size < MAX_SWARMS) return true;
    const idle = [...this.#swarms.values()].filter(({ idleMs }) => idleMs !== undefined);
    const [longest] = idle.sort((a, b) => (b.idleMs ?? 0) - (a.idleMs ?? 0));
    if (longest !== undefined) this.#quit(longest);
    return longest !== undefined;
  }

  #renew({ joined, membership }: ViewerSwarm, ticket: HeldTicket): void {
    if (ticket.expiresMs <= membership.ticket.expiresMs) return;
    membership.ticket = ticket;
    this.links.renew(joined.swarm);
    this.#tellJoin({ joined, membership });
  }

  #quit(swarm: ViewerSwarm): void {
    this.#leave(swarm);
    this.#ports.send({ type: "leave", swarm: swarm.joined.swarm });
  }

  #leave(swarm: ViewerSwarm): void {
    this.#swarms.delete(swarm.joined.swarm);
    this.links.leave(swarm.joined.swarm);
    swarm.close();
    this.#useAssignments();
  }

  /** Links are for all swarms together. */
  #useAssignments(): void {
    const swarms = [...this.#swarms.values()];
    const viewers = new Set([...peersOf(swarms, "parents"), ...peersOf(swarms, "children")]);
    viewers.delete(ORIGIN_PEER);
    this.#ports.want(viewers);
    this.links.watch(this.#watched());
  }

  /** Whose silence means something. */
  #watched(): Set<number> {
    return peersOf(
      [...this.#swarms.values()].filter(({ isPushed }) => isPushed),
      "parents",
    );
  }

  #report(): void {
    this.#cancelReport = undefined;
    for (const swarm of [...this.#swarms.values()]) {
      const peers = reportOf(swarm.membership.takeTally(), (peer) => this.links.rttMs(peer));
      if (peers.length > 0) this.#ports.send({ type: "report", swarm: swarm.joined.swarm, peers });
      if (swarm.isOver) this.#quit(swarm);
    }
    if (this.#swarms.size > 0) this.#cancelReport = this.#ports.clock.after(REPORT_MS, () => this.#report());
  }

  #tellMeans(): void {
    if (this.#self !== 0) this.#ports.send({ type: "means", means: { upload: this.#upload } });
  }

  #tellJoin({ joined, membership }: Pick<ViewerSwarm, "joined" | "membership">): void {
    const { visitor } = this.#ports;
    this.#ports.send({ type: "join", swarm: joined.swarm, ticket: membership.ticket.text, visitor });
  }
}

function peersOf(swarms: readonly ViewerSwarm[], role: "parents" | "children"): Set<number> {
  return new Set(swarms.flatMap(({ membership }) => (membership.assignment?.[role] ?? []).map(({ peer }) => peer)));
}
