import { LEAST_REPUTATION } from "../core/means.ts";
import { LowNetworks } from "./low-networks.ts";
import type { VisitorMemory } from "./visitor-memory.ts";
import { type VisitorRecord, visitorKey } from "./visitor-record.ts";

/** What is left of a bad name after a day away; a ban stays. */
const LEFT_AFTER_DAY = 0.5;
const DAY_MS = 86_400_000;
/** What who is new in a network of bad name begins with: less than anybody is asked with. */
const LOW_REPUTATION = 0.1;
/** Changes smaller than these are not worth a line. */
const WORTH_REPUTATION = 0.05;
const WORTH_PART = 0.25;

/** Who begins a visit. */
export interface Arrival {
  readonly peer: number;
  readonly network: string;
  /** What its browser says it is known by. */
  readonly visitor: string | undefined;
}

/** What the planner goes by at a visit's beginning. */
export interface Known {
  readonly reputation: number;
  readonly uplinkBps: number | undefined;
  readonly stayMs: number;
}

export interface VisitsPorts {
  readonly memory: VisitorMemory;
  /** The origin's time, in milliseconds since 1970. */
  readonly originMs: () => number;
  /** What others say of a peer by now. */
  readonly reputation: (peer: number) => number;
  readonly uplinkBps: (peer: number) => number | undefined;
}

interface Visit {
  readonly peer: number;
  readonly network: string;
  readonly sinceMs: number;
  readonly before: VisitorRecord | undefined;
  readonly beganWith: Known;
  /** Undefined: it does not say, or another visit has taken its name over. */
  key: string | undefined;
}

/** The visits of those who take part in swarms, and what becomes of them for the next one. */
export class Visits {
  readonly #ports: VisitsPorts;
  readonly #visits = new Map<number, Visit>();
  /** Whose name counts for whom: for one visit at a time, or one good name would do for a thousand. */
  readonly #named = new Map<string, Visit>();
  readonly #lowNetworks = new LowNetworks();

  constructor(ports: VisitsPorts) {
    this.#ports = ports;
  }

  /** A visit begins; undefined if it has begun before. */
  begin({ peer, network, visitor }: Arrival): Known | undefined {
    if (this.#visits.has(peer)) return undefined;
    const nowMs = this.#ports.originMs();
    const key = visitor === undefined ? undefined : visitorKey(visitor);
    const before = key === undefined ? undefined : this.#takeOver(key, nowMs);
    const beganWith = before === undefined ? this.#stranger(network, nowMs) : knownBy(before, nowMs);
    const visit: Visit = { peer, network, sinceMs: nowMs, before, beganWith, key };
    this.#visits.set(peer, visit);
    if (key !== undefined) this.#named.set(key, visit);
    return beganWith;
  }

  /** Keeps what is known of this visit by now. */
  keep(peer: number): void {
    const visit = this.#visits.get(peer);
    if (visit !== undefined) this.#keep(visit, visit.before?.uplinkBps);
  }

  /** Keeps what is known of all of them by now. */
  keepAll(): void {
    for (const peer of this.#visits.keys()) this.keep(peer);
  }

  /** The visit is over. */
  end(peer: number): void {
    const visit = this.#visits.get(peer);
    if (visit === undefined) return;
    // An uplink that nobody has seen again is forgotten: who was slow once would never be asked, and never seen, again.
    this.#keep(visit, undefined);
    if (visit.key !== undefined) this.#named.delete(visit.key);
    this.#visits.delete(peer);
  }

  /** `assumedBps`: its uplink if nobody has measured it on this visit. */
  #keep(visit: Visit, assumedBps: number | undefined): void {
    const { peer, key, before, beganWith } = visit;
    const nowMs = this.#ports.originMs();
    const reputation = this.#ports.reputation(peer);
    // It fell on this visit: who came with a bad name does not make its network's worse.
    if (reputation < LEAST_REPUTATION && beganWith.reputation >= LEAST_REPUTATION) {
      this.#lowNetworks.add(visit.network, nowMs);
    }
    const uplinkBps = this.#ports.uplinkBps(peer) ?? assumedBps;
    const isUnheardOf = before === undefined && uplinkBps === undefined && reputation === beganWith.reputation;
    if (key === undefined || isUnheardOf) return;
    const stayMs = stayOf(before?.stayMs ?? 0, nowMs - visit.sinceMs);
    const record = { key, reputation, uplinkBps, stayMs, seenMs: nowMs };
    if (isNews(record, this.#ports.memory.of(key, nowMs))) this.#ports.memory.put(record);
  }

  #takeOver(key: string, nowMs: number): VisitorRecord | undefined {
    const other = this.#named.get(key);
    if (other !== undefined) {
      this.keep(other.peer);
      other.key = undefined;
    }
    return this.#ports.memory.of(key, nowMs);
  }

  #stranger(network: string, nowMs: number): Known {
    const reputation = this.#lowNetworks.has(network, nowMs) ? LOW_REPUTATION : 1;
    return { reputation, uplinkBps: undefined, stayMs: 0 };
  }
}

function knownBy({ reputation, uplinkBps, stayMs, seenMs }: VisitorRecord, nowMs: number): Known {
  return { reputation: forgiven(reputation, nowMs - seenMs), uplinkBps, stayMs };
}

/** A bad name fades while its bearer is away. */
function forgiven(reputation: number, awayMs: number): number {
  if (reputation === 0) return 0;
  return 1 - (1 - reputation) * LEFT_AFTER_DAY ** (Math.max(0, awayMs) / DAY_MS);
}

/** How long visits last, as seen by who is met at some moment of one: long ones weigh more, a glance hardly anything. */
function stayOf(beforeMs: number, lengthMs: number): number {
  return (beforeMs ** 2 + lengthMs ** 2) / Math.max(1, beforeMs + lengthMs);
}

function isNews(now: VisitorRecord, kept: VisitorRecord | undefined): boolean {
  if (kept === undefined || (now.reputation === 0) !== (kept.reputation === 0)) return true;
  return (
    Math.abs(now.reputation - kept.reputation) >= WORTH_REPUTATION ||
    differs(now.uplinkBps ?? 0, kept.uplinkBps ?? 0) ||
    differs(now.stayMs, kept.stayMs) ||
    now.seenMs - kept.seenMs >= DAY_MS
  );
}

function differs(now: number, before: number): boolean {
  return Math.abs(now - before) > WORTH_PART * before;
}
