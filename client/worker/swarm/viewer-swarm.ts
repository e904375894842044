import type { Clock } from "../../../peer/clock.ts";
import { JoinedSwarm } from "../../../peer/swarm/joined-swarm.ts";
import { createSwarmMember } from "../../../peer/swarm/member.ts";
import type { Assignment, PeerTally, SwarmMember } from "../../../peer/swarm/member-ports.ts";
import type { OriginTime } from "../../../peer/swarm/origin-time.ts";
import { SwarmIntake } from "../../../peer/swarm/swarm-intake.ts";
import type { Manifest } from "../../../protocol/manifest.ts";
import type { Searched } from "./finder.ts";
import type { HeldTicket } from "./held-ticket.ts";
import { SwarmContent } from "./swarm-content.ts";

/** A swarm nobody here has asked anything of for this long is left. */
const IDLE_MS = 30_000;
/** A ticket is renewed this long before its end: the next segment but one is time enough, if the app still lets us. */
const RENEW_MS = 60_000;
/** And up to this much sooner, so that a crowd that came together does not come back together. */
const RENEW_SPREAD_MS = 120_000;

export interface ViewerSwarmOptions {
  readonly self: number;
  readonly ticket: HeldTicket;
  readonly clock: Clock;
  readonly random: () => number;
  readonly originTime: OriginTime;
  readonly verify: (bytes: Uint8Array, signature: Uint8Array) => Promise<boolean>;
  readonly digest: (bytes: Uint8Array) => Promise<Uint8Array>;
  /** A manifest that was not known before is here. */
  readonly onAnnounced: () => void;
  /** This peer sent a piece that is not what the origin signed. */
  readonly onCorrupt: (peer: number) => void;
}

/** One swarm that this viewer is in. */
export class ViewerSwarm implements Searched {
  readonly id: number;
  readonly joined: JoinedSwarm;
  readonly content: SwarmContent;
  readonly #options: ViewerSwarmOptions;
  readonly #member: SwarmMember;
  readonly #intake: SwarmIntake;
  readonly #renewEarlyMs: number;
  readonly #corrupt = new Map<number, number>();
  #ticket: HeldTicket;
  #askedMs: number;
  #seq = -1;
  #assignment: Assignment | undefined;

  constructor(options: ViewerSwarmOptions) {
    const { self, ticket, clock, random, originTime, verify, digest } = options;
    this.id = ticket.swarm;
    this.#options = options;
    this.#ticket = ticket;
    this.#askedMs = clock.nowMs();
    this.#renewEarlyMs = RENEW_MS + RENEW_SPREAD_MS * random();
    this.#member = createSwarmMember({ self, swarm: this.id, clock, random });
    this.content = new SwarmContent({
      member: this.#member,
      clock,
      originTime,
      onAnnounced: options.onAnnounced,
    });
    this.#intake = new SwarmIntake({
      swarm: this.id,
      member: this.content,
      verify,
      digest,
      onOriginTime: (timeMs) => originTime.learn(timeMs),
      onCorrupt: (peer) => this.#onCorrupt(peer),
    });
    const joined = { swarm: this.id, member: this.#member, intake: this.#intake, ticket: ticket.bytes };
    this.joined = new JoinedSwarm(joined);
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
    this.joined.ticket = ticket.bytes;
  }

  /** Nobody has asked anything of it for a while, or its ticket has ended. */
  get isOver(): boolean {
    return this.#options.clock.nowMs() - this.#askedMs > IDLE_MS || this.#leftMs() <= 0;
  }

  /** Takes the planner's assignment unless it is older than the last one. */
  assign(seq: number, assignment: Assignment): boolean {
    if (seq <= this.#seq) return false;
    this.#seq = seq;
    this.#assignment = assignment;
    this.#member.assign(assignment);
    return true;
  }

  /** Nothing is known while the ticket is to be renewed: the request that goes to the app instead brings the new one. */
  find(key: string): Manifest | undefined {
    return this.#leftMs() > this.#renewEarlyMs ? this.content.find(key) : undefined;
  }

  asked(path: string): void {
    this.#askedMs = this.#options.clock.nowMs();
    this.content.asked(path);
  }

  expectsPath(path: string): boolean {
    const isFed = (this.#assignment?.parents.length ?? 0) > 0;
    return isFed && this.#leftMs() > this.#renewEarlyMs && this.content.expectsPath(path);
  }

  /** What peers did since the last call, and how many of their pieces were corrupt. */
  takeTally(): (PeerTally & { readonly corrupt: number })[] {
    const tallies = this.#member.takeTally();
    const silent = [...this.#corrupt.keys()].filter((peer) => !tallies.some((tally) => tally.peer === peer));
    const none = silent.map((peer) => ({ peer, bytes: 0, busyBytes: 0, busyMs: 0, missed: 0 }));
    const all = [...tallies, ...none].map((tally) => ({ ...tally, corrupt: this.#corrupt.get(tally.peer) ?? 0 }));
    this.#corrupt.clear();
    return all;
  }

  close(): void {
    this.#intake.close();
    this.content.close();
    this.#member.close();
  }

  #onCorrupt(peer: number): void {
    this.#corrupt.set(peer, (this.#corrupt.get(peer) ?? 0) + 1);
    this.#options.onCorrupt(peer);
  }

  /** How long the ticket lasts by the origin's clock; until that is known it is as good as new. */
  #leftMs(): number {
    const nowMs = this.#options.originTime.nowMs();
    return nowMs === undefined ? Number.POSITIVE_INFINITY : this.#ticket.expiresMs - nowMs;
  }
}
