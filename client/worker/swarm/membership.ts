import type { JoinedSwarm } from "../../../peer/swarm/joined-swarm.ts";
import type { Assignment, PeerTally } from "../../../peer/swarm/member-ports.ts";
import type { OriginTime } from "../../../peer/swarm/origin-time.ts";
import type { HeldTicket } from "./held-ticket.ts";

/** A ticket is renewed this long before its end: the next segment but one is time enough, if the app still lets us. */
const RENEW_MS = 60_000;
/** And up to this much sooner, so that a crowd that came together does not come back together. */
const RENEW_SPREAD_MS = 120_000;

export interface MembershipOptions {
  readonly joined: JoinedSwarm;
  readonly ticket: HeldTicket;
  readonly random: () => number;
  readonly originTime: OriginTime;
}

/** What belongs to being in a swarm, whatever its kind: our ticket, the planner's assignment, and what is told of peers. */
export class Membership {
  readonly #joined: JoinedSwarm;
  readonly #originTime: OriginTime;
  readonly #renewEarlyMs: number;
  readonly #corrupt = new Map<number, number>();
  #ticket: HeldTicket;
  #seq = -1;
  #assignment: Assignment | undefined;

  constructor({ joined, ticket, random, originTime }: MembershipOptions) {
    this.#joined = joined;
    this.#ticket = ticket;
    this.#originTime = originTime;
    this.#renewEarlyMs = RENEW_MS + RENEW_SPREAD_MS * random();
  }

  /** Those who send to us, and those we send to; the origin among them as 0. */
  get assignment(): Assignment | undefined {
    return this.#assignment;
  }

  get ticket(): HeldTicket {
    return this.#ticket;
  }

  /** A newer ticket counts from now on. */
  set ticket(ticket: HeldTicket) {
    this.#ticket = ticket;
    this.#joined.ticket = ticket.bytes;
  }

  /** The ticket has ended. */
  get hasEnded(): boolean {
    return this.#leftMs() <= 0;
  }

  /** The ticket is to be renewed: the request that goes to the app instead of the swarm brings the new one. */
  get isEnding(): boolean {
    return this.#leftMs() <= this.#renewEarlyMs;
  }

  /** Takes the planner's assignment unless it is older than the last one. */
  assign(seq: number, assignment: Assignment): boolean {
    if (seq <= this.#seq) return false;
    this.#seq = seq;
    this.#assignment = assignment;
    this.#joined.member.assign(assignment);
    return true;
  }

  /** This peer sent a piece that is not what the origin signed. */
  corrupt(peer: number): void {
    this.#corrupt.set(peer, (this.#corrupt.get(peer) ?? 0) + 1);
  }

  /** What peers did since the last call, and how many of their pieces were corrupt. */
  takeTally(): (PeerTally & { readonly corrupt: number })[] {
    const tallies = this.#joined.member.takeTally();
    const silent = [...this.#corrupt.keys()].filter((peer) => !tallies.some((tally) => tally.peer === peer));
    const none = silent.map((peer) => ({ peer, bytes: 0, busyBytes: 0, busyMs: 0, missed: 0 }));
    const all = [...tallies, ...none].map((tally) => ({ ...tally, corrupt: this.#corrupt.get(tally.peer) ?? 0 }));
    this.#corrupt.clear();
    return all;
  }

  /** How long the ticket lasts by the origin's clock; until that is known it is as good as new. */
  #leftMs(): number {
    const nowMs = this.#originTime.nowMs();
    return nowMs === undefined ? Number.POSITIVE_INFINITY : this.#ticket.expiresMs - nowMs;
  }
}
