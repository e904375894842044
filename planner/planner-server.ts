import type { Clock } from "../peer/clock.ts";
import type { ClientSignal, PeerReport } from "../protocol/client-signal.ts";
import { ORIGIN_PEER, type SessionId } from "../protocol/ids.ts";
import { ByteCounts } from "./byte-counts.ts";
import type { Planner, PlannerCommand, PlannerEvent } from "./core/planner-ports.ts";
import { VisitorMemory } from "./memory/visitor-memory.ts";
import { Visits } from "./memory/visits.ts";
import { Pairs } from "./pairs.ts";
import { Parts } from "./parts.ts";
import { Relay, type RelayFault } from "./relay.ts";
import { type ReportFault, Reports } from "./reports.ts";
import { type SwarmStatus, swarmStatuses } from "./swarm-status.ts";
import { checkTicket, type PlannerTicketFault } from "./ticket-check.ts";
import type { SendSignal, Viewer } from "./viewer.ts";
import { Viewers } from "./viewers.ts";

/** What strangers did wrong towards the planner; each is dropped. `join-limit`: more swarms than anybody watches. */
export type PlannerFault = PlannerTicketFault | RelayFault | ReportFault | "join-limit";

export interface PlannerServerOptions {
  readonly planner: Planner;
  readonly clock: Clock;
  /** In [0, 1); unguessable: viewers' numbers are drawn by it. */
  readonly random: () => number;
  /** The origin's clock, by which tickets end: milliseconds since 1970. */
  readonly originMs: () => number;
  /** Whether the origin signed these bytes. */
  readonly verifyTicket: (bytes: Uint8Array, signature: Uint8Array) => Promise<boolean>;
  /** The origin's own part in a swarm: its children, a pair a stripe. */
  readonly onOriginPart: (part: PlannerCommand) => void;
  readonly onFault: (fault: PlannerFault) => void;
  /** What is known of visitors from earlier visits; without one it is forgotten with this server. */
  readonly memory?: VisitorMemory;
}

/** What a client says that is the planner's business; the rest is somebody else's and ignored. */
export type PlannerSignal = Exclude<ClientSignal, { type: "hello" | "ping" }>;
type JoinSignal = Extract<ClientSignal, { type: "join" }>;

/** The planner among viewers: what they say becomes events, what it plans goes out as assignments. */
export interface PlannerServer {
  /** The session's client is reached by `send` from now on; `address`: its public one, where that can be seen. Answers its number. */
  join(session: SessionId, send: SendSignal, address?: string): number;
  signal(session: SessionId, message: PlannerSignal): void;
  /** `send` reaches nobody any more; the viewer is gone unless it comes back soon. */
  leave(session: SessionId, send: SendSignal): void;
  /** A session's number, if it is known. */
  peerOf(session: SessionId): number | undefined;
  /** The swarm's rate in bits a second is known (better). */
  setRate(swarm: number, rateBps: number): void;
  /** A proved liar gets no children any more. */
  ban(peer: number): void;
  swarms(): SwarmStatus[];
  /** Payload that viewers said they got from each other, in all. */
  viewerBytes(): number;
  close(): void;
}

/** A page that navigates or a socket that is made anew comes back within this; its links live on meanwhile. */
const GONE_MS = 4_000;
const TICK_MS = 1_000;
/** How often what is known of visitors is looked through for news; reports come as often. */
const KEEP_MS = 5_000;
/** Renditions of some streams, and some files. */
const MAX_SWARMS = 32;

export function createPlannerServer(options: PlannerServerOptions): PlannerServer {
  return new Server(options);
}

class Server implements PlannerServer {
  readonly #options: PlannerServerOptions;
  readonly #viewers: Viewers;
  readonly #parts = new Parts();
  readonly #pairs = new Pairs();
  readonly #bytes = new ByteCounts();
  readonly #reports: Reports;
  readonly #relay: Relay;
  readonly #visits: Visits;
  #keptMs = 0;
  /** Rises over restarts too, so that nobody takes a new assignment for an old one. */
  #seq: number;
  #cancelTick: () => void = () => {};

  constructor(options: PlannerServerOptions) {
    const { onFault, random, originMs, memory = new VisitorMemory() } = options;
    this.#options = options;
    this.#viewers = new Viewers(random);
    this.#seq = Math.floor(originMs());
    this.#reports = new Reports({ pairs: this.#pairs, bytes: this.#bytes, onFault, onLearnt: this.#handle });
    this.#relay = new Relay({
      pairs: this.#pairs,
      onFault,
      onUnlinkable: (peer, other) => this.#handle({ type: "unlinkable", peer, other }),
    });
    this.#visits = new Visits({
      memory,
      originMs,
      reputation: (peer) => this.#reports.reputations.reputation(peer),
      uplinkBps: (peer) => this.#reports.uplinks.uplinkBps(peer),
    });
    this.#tickLater();
  }

  join(session: SessionId, send: SendSignal, address?: string): number {
    const viewer = this.#viewers.enter(session);
    viewer.arrive(send, address);
    // What was said while it was away is lost.
    for (const swarm of viewer.swarms.keys()) this.#sendPart(swarm, viewer);
    if (viewer.swarms.size > 0) this.#tellFacts(viewer);
    return viewer.peer;
  }

  signal(session: SessionId, message: PlannerSignal): void {
    const viewer = this.#viewers.of(session);
    if (viewer === undefined) return;
    switch (message.type) {
      case "means":
        viewer.means = message.means;
        if (viewer.swarms.size > 0) this.#tellFacts(viewer);
        break;
      case "join":
        void this.#onJoin(viewer, message);
        break;
      case "leave":
        this.#leaveSwarm(viewer, message.swarm);
        break;
      case "peer":
        this.#onPeerMessage(viewer, message);
        break;
      case "report":
        this.#onReport(viewer, message.swarm, message.peers);
        break;
      case "bye":
        this.#gone(viewer);
    }
  }

  leave(session: SessionId, send: SendSignal): void {
    const viewer = this.#viewers.of(session);
    if (viewer?.leave(send) !== true) return;
    if (viewer.swarms.size === 0) this.#gone(viewer);
    else viewer.cancelGone = this.#options.clock.after(GONE_MS, () => this.#gone(viewer));
  }

  peerOf(session: SessionId): number | undefined {
    return this.#viewers.of(session)?.peer;
  }

  setRate(swarm: number, rateBps: number): void {
    this.#handle({ type: "rate", swarm, rateBps });
  }

  ban(peer: number): void {
    this.#reports.reputations.ban(peer);
    this.#visits.keep(peer);
    this.#tellReputations();
  }

  swarms(): SwarmStatus[] {
    return swarmStatuses({ viewers: this.#viewers, parts: this.#parts, reports: this.#reports, bytes: this.#bytes });
  }

  viewerBytes(): number {
    return this.#bytes.viewerBytes;
  }

  close(): void {
    this.#cancelTick();
    this.#visits.keepAll();
    for (const viewer of this.#viewers.all) viewer.cancelGone();
  }

  async #onJoin(viewer: Viewer, { swarm, ticket: text, visitor }: JoinSignal): Promise<void> {
    const { verifyTicket, originMs, onFault } = this.#options;
    viewer.wanted.add(swarm);
    const outcome = await checkTicket(text, { swarm, peer: viewer.peer, nowMs: originMs(), verify: verifyTicket });
    if (typeof outcome === "string") return onFault(outcome);
    // It may have left meanwhile.
    if (this.#viewers.peer(viewer.peer) !== viewer || !viewer.wanted.has(swarm)) return;
    const known = viewer.swarms.has(swarm);
    if (!known && viewer.swarms.size >= MAX_SWARMS) return onFault("join-limit");
    viewer.swarms.set(swarm, outcome.expiresMs);
    this.#recognise(viewer, visitor);
    this.#tellFacts(viewer);
    if (known) this.#sendPart(swarm, viewer);
    else this.#enter(viewer.peer, swarm);
  }

  #recognise(viewer: Viewer, visitor: string | undefined): void {
    const { peer, network } = viewer;
    const known = this.#visits.begin({ peer, network, visitor });
    if (known === undefined) return;
    viewer.past = known;
    this.#reports.reputations.restore(peer, known.reputation);
  }

  /** A liar that comes back is a liar still. */
  #enter(peer: number, swarm: number): void {
    const reputation = this.#reports.reputations.reputation(peer);
    if (reputation < 1) this.#handle({ type: "reputation", peer, reputation });
    this.#handle({ type: "join", swarm, peer });
  }

  #onPeerMessage(from: Viewer, { to, message }: Extract<PlannerSignal, { type: "peer" }>): void {
    const other = this.#viewers.peer(to);
    if (other === undefined) return;
    const passed = this.#relay.pass(from, other, message, this.#options.clock.nowMs());
    if (passed !== undefined) other.send({ type: "peer", from: from.peer, message: passed });
  }

  #onReport(viewer: Viewer, swarm: number, peers: readonly PeerReport[]): void {
    if (!viewer.swarms.has(swarm)) return this.#options.onFault("report-unjoined");
    this.#reports.take({ peer: viewer.peer, network: viewer.network }, swarm, peers, this.#options.clock.nowMs());
    const rttMs = peers.find(({ peer }) => peer === ORIGIN_PEER)?.rttMs;
    if (rttMs === undefined) return;
    viewer.rttMs = rttMs;
    this.#tellFacts(viewer);
  }

  #leaveSwarm(viewer: Viewer, swarm: number): void {
    viewer.wanted.delete(swarm);
    if (!viewer.swarms.delete(swarm)) return;
    this.#forgetPart(swarm, viewer.peer);
    this.#handle({ type: "leave", swarm, peer: viewer.peer });
  }

  #gone(viewer: Viewer): void {
    viewer.cancelGone();
    const wasMember = viewer.swarms.size > 0;
    for (const swarm of viewer.swarms.keys()) this.#forgetPart(swarm, viewer.peer);
    viewer.forgotten();
    if (!viewer.isHere) this.#viewers.remove(viewer);
    this.#visits.end(viewer.peer);
    this.#reports.forget(viewer.peer);
    if (wasMember) this.#handle({ type: "gone", peer: viewer.peer });
  }

  #tellFacts(viewer: Viewer): void {
    const facts = viewer.takeFacts(this.#reports.uplinks.uplinkBps(viewer.peer));
    if (facts !== undefined) this.#handle({ type: "peer", peer: viewer.peer, facts });
  }

  #tellReputations(): void {
    for (const news of this.#reports.reputations.takeNews()) this.#handle({ type: "reputation", ...news });
  }

  #tickLater(): void {
    this.#cancelTick = this.#options.clock.after(TICK_MS, () => {
      this.#tick();
      this.#tickLater();
    });
  }

  #tick(): void {
    const nowMs = this.#options.clock.nowMs();
    const originMs = this.#options.originMs();
    for (const viewer of this.#viewers.all) {
      for (const [swarm, expiresMs] of viewer.swarms) if (expiresMs <= originMs) this.#leaveSwarm(viewer, swarm);
    }
    for (const news of this.#reports.uplinks.tick(nowMs)) this.#handle({ type: "uplink", ...news });
    this.#tellReputations();
    this.#handle({ type: "tick" });
    this.#pairs.purge(nowMs);
    if (nowMs - this.#keptMs < KEEP_MS) return;
    this.#keptMs = nowMs;
    this.#visits.keepAll();
  }

  readonly #handle = (event: PlannerEvent): void => {
    const nowMs = this.#options.clock.nowMs();
    for (const part of this.#options.planner.handle(event, nowMs)) this.#assign(part, nowMs);
  };

  #assign(part: PlannerCommand, nowMs: number): void {
    const viewer = this.#viewers.peer(part.peer);
    if (part.peer !== ORIGIN_PEER && viewer?.swarms.has(part.swarm) !== true) return;
    this.#parts.set(part);
    const others = [...part.parents, ...part.children].map(({ peer }) => peer).filter((peer) => peer !== ORIGIN_PEER);
    if (part.peer !== ORIGIN_PEER) this.#pairs.assign(part.swarm, part.peer, others, nowMs);
    if (viewer === undefined) this.#options.onOriginPart(part);
    else this.#sendPart(part.swarm, viewer);
  }

  #sendPart(swarm: number, viewer: Viewer): void {
    const part = this.#parts.of(swarm, viewer.peer);
    if (part === undefined) return;
    this.#seq += 1;
    const { stripes, parents, children } = part;
    viewer.send({ type: "assign", swarm, seq: this.#seq, stripes, parents: [...parents], children: [...children] });
  }

  #forgetPart(swarm: number, peer: number): void {
    this.#parts.delete(swarm, peer);
    this.#pairs.assign(swarm, peer, [], this.#options.clock.nowMs());
    this.#bytes.forget(swarm, peer);
  }
}
