import type { PeerFacts, PlannerEvent } from "../planner/core/planner-ports.ts";
import { COMMON_FACTS } from "./planner-model.ts";

/** What a planner takes for granted where it was told nothing. */
const PRIOR_BPS = 5_000_000;
const COMMON_RATE_BPS = 3_000_000;
const LEAST_REPUTATION = 0.3;
const MOST_FAILURES = 64;
const STRANGER: PeerFacts = { ...COMMON_FACTS, nat: "unknown", uplinkBps: undefined };

/** What the events so far have told a planner, kept as plainly as can be. */
export class PlanFacts {
  readonly members = new Map<number, Set<number>>();
  readonly #facts = new Map<number, PeerFacts>();
  readonly #measured = new Map<number, number>();
  readonly #reputations = new Map<number, number>();
  readonly #rates = new Map<number, number>();
  readonly #unlinkable = new Map<number, Set<number>>();

  take(event: PlannerEvent): void {
    switch (event.type) {
      case "join":
        this.members.set(event.swarm, (this.members.get(event.swarm) ?? new Set()).add(event.peer));
        if (!this.#facts.has(event.peer)) this.#facts.set(event.peer, STRANGER);
        break;
      case "leave":
        this.members.get(event.swarm)?.delete(event.peer);
        break;
      case "peer":
        this.#facts.set(event.peer, event.facts);
        break;
      case "gone":
        this.#forget(event.peer);
        break;
      case "uplink":
        if (this.#facts.has(event.peer)) this.#measured.set(event.peer, event.uplinkBps);
        break;
      case "reputation":
        if (this.#facts.has(event.peer)) this.#reputations.set(event.peer, event.reputation);
        break;
      case "rate":
        this.#rates.set(event.swarm, event.rateBps);
        break;
      case "unlinkable":
        if (this.#isMet(event.peer) && this.#isMet(event.other)) this.#part(event.peer, event.other);
    }
  }

  /** What a viewer may be asked to send, bits a second. */
  offerBps(peer: number): number {
    const { upload, nat, uplinkBps } = this.#factsOf(peer);
    const reputation = this.#reputations.get(peer) ?? 1;
    if (!upload || nat === "blocked" || reputation < LEAST_REPUTATION) return 0;
    return (this.#measured.get(peer) ?? uplinkBps ?? PRIOR_BPS) * reputation;
  }

  canLink(a: number, b: number): boolean {
    if (this.#unlinkable.get(a)?.has(b) === true || this.#unlinkable.get(b)?.has(a) === true) return false;
    const [one, other] = [this.#factsOf(a), this.#factsOf(b)];
    const kinds = [one.nat, other.nat];
    if (kinds.includes("blocked")) return false;
    if (one.network !== "" && one.network === other.network) return true;
    if (one.ipv6 && other.ipv6) return true;
    return kinds.includes("open") || !kinds.includes("symmetric");
  }

  rateBps(swarm: number): number {
    return this.#rates.get(swarm) ?? COMMON_RATE_BPS;
  }

  #factsOf(peer: number): PeerFacts {
    if (peer === 0) return { ...COMMON_FACTS, nat: "open" };
    return this.#facts.get(peer) ?? STRANGER;
  }

  #isMet(peer: number): boolean {
    return peer === 0 || this.#facts.has(peer);
  }

  /** Each remembers its newest failures; the origin, which everybody tries, none. */
  #part(a: number, b: number): void {
    for (const [peer, other] of [
      [a, b],
      [b, a],
    ] as const) {
      if (peer === 0) continue;
      const others = [...(this.#unlinkable.get(peer) ?? [])].filter((known) => known !== other);
      this.#unlinkable.set(peer, new Set([...others, other].slice(-MOST_FAILURES)));
    }
  }

  #forget(peer: number): void {
    for (const members of this.members.values()) members.delete(peer);
    for (const map of [this.#facts, this.#measured, this.#reputations]) map.delete(peer);
    this.#unlinkable.delete(peer);
  }
}
