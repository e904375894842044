import { ORIGIN_PEER } from "../../protocol/ids.ts";
import { takeCommands } from "./commands.ts";
import { balance } from "./direct.ts";
import { improve } from "./improve.ts";
import { assess } from "./means.ts";
import { join, leave } from "./membership.ts";
import { groupOf, rememberUnlinkable } from "./nat.ts";
import { place } from "./place.ts";
import type { PeerFacts, Planner, PlannerCommand, PlannerEvent } from "./planner-ports.ts";
import { setRate } from "./rate.ts";
import { Rates } from "./rates.ts";
import type { Peer, Seat, Swarm, World } from "./records.ts";
import { rememberRoad } from "./roads.ts";
import { Roster } from "./roster.ts";
import { cutUnlinkable, shed } from "./shed.ts";
import { countSupply, EmptySwarm } from "./swarm.ts";
import { enter, refreshPeer, withdraw } from "./swarm-index.ts";

export interface PlannerOptions {
  /** In [0, 1). */
  readonly random: () => number;
  /** A swarm of fewer members is not planned: nobody uploads. 3 unless told. */
  readonly minViewers?: number;
  /** Bits a second the origin can send, until an `uplink` event of peer 0 tells better. 20 Mbit/s unless told. */
  readonly originUplinkBps?: number;
  /** Bits a second of a swarm whose rate is not known yet. 3 Mbit/s unless told. */
  readonly rateBps?: number;
  /** A viewer is asked to send at most so many times what it takes. 4 unless told (decision 7); Infinity: whatever its uplink bears. */
  readonly uploadRatio?: number;
  /** Who sends first: viewers, or the origin until two thirds of its uplink are in use. Viewers unless told. */
  readonly serve?: "peers-first" | "origin-first";
}

/** A planner that keeps a tree for each stripe of each swarm, the strong near its root, and changes little with each event. */
export function createPlanner(options: PlannerOptions): Planner {
  return new TreePlanner(options);
}

class TreePlanner implements Planner {
  readonly #minViewers: number;
  readonly #roster: Roster;
  readonly #rates: Rates;
  readonly #world: World;
  readonly #swarms = new Map<number, Swarm>();

  constructor({
    random,
    minViewers = 3,
    originUplinkBps = 20_000_000,
    rateBps = 3_000_000,
    uploadRatio = 4,
    serve = "peers-first",
  }: PlannerOptions) {
    this.#minViewers = minViewers;
    this.#roster = new Roster(originUplinkBps);
    this.#rates = new Rates(rateBps);
    this.#world = {
      random,
      nowMs: 0,
      origin: this.#roster.origin,
      touched: new Set(),
      uploadRatio,
      originFirst: serve === "origin-first",
      originLoad: 0,
      direct: new Set(),
    };
  }

  handle(event: PlannerEvent, nowMs: number): PlannerCommand[] {
    this.#world.nowMs = nowMs;
    this.#take(event);
    return takeCommands(this.#world);
  }

  #take(event: PlannerEvent): void {
    switch (event.type) {
      case "join":
        return this.#join(event.swarm, event.peer);
      case "leave":
        return this.#leave(event.swarm, event.peer);
      case "gone":
        return this.#gone(event.peer);
      case "peer":
        return this.#learn(this.#meet(event.peer), event.facts);
      case "uplink":
        return this.#change(event.peer, (peer) => {
          peer.measuredBps = event.uplinkBps;
        });
      case "reputation":
        return this.#change(event.peer, (peer) => {
          peer.reputation = event.reputation;
        });
      case "unlinkable":
        return this.#part(event.peer, event.other);
      case "rtt":
        return this.#measured(event.peer, event.other, event.rttMs);
      case "rate":
        return this.#rate(event.swarm, event.rateBps);
      case "tick":
        for (const swarm of this.#swarms.values()) improve(swarm);
        balance(this.#world, [...this.#swarms.values()]);
    }
  }

  #meet(id: number): Peer {
    return this.#roster.meet(id, this.#world.nowMs);
  }

  #join(id: number, peer: number): void {
    if (peer === ORIGIN_PEER) return;
    const swarm = this.#swarms.get(id) ?? new EmptySwarm(id, this.#rates.get(id), this.#world);
    this.#swarms.set(id, swarm);
    join(swarm, this.#meet(peer), this.#minViewers);
  }

  #leave(id: number, peer: number): void {
    const swarm = this.#swarms.get(id);
    const leaver = this.#roster.find(peer);
    if (swarm === undefined || leaver === undefined) return;
    leave(swarm, leaver, this.#minViewers);
    if (swarm.members.size === 0) this.#swarms.delete(id);
  }

  #gone(id: number): void {
    for (const member of this.#roster.find(id)?.members ?? []) this.#leave(member.swarm.id, id);
    this.#roster.forget(id);
  }

  #learn(peer: Peer, facts: PeerFacts): void {
    for (const member of peer.members) withdraw(member);
    peer.facts = facts;
    peer.group = groupOf(facts);
    peer.offerBps = assess(peer);
    for (const member of peer.members) enter(member);
    this.#settleIn(peer, cutUnlinkable(peer));
  }

  /** Something was learnt of a peer that may be gone meanwhile. */
  #change(id: number, change: (peer: Peer) => void): void {
    const peer = this.#roster.find(id);
    if (peer === undefined) return;
    change(peer);
    peer.offerBps = assess(peer);
    refreshPeer(peer);
    this.#settleIn(peer, []);
  }

  #settleIn(peer: Peer, homeless: readonly Seat[]): void {
    for (const member of peer.members) countSupply(member);
    const own = [...peer.members].flatMap((member) => member.seats);
    place([...homeless, ...shed(peer), ...(peer.id === ORIGIN_PEER ? [] : own)]);
  }

  #part(one: number, other: number): void {
    const peer = this.#roster.find(one);
    const second = this.#roster.find(other);
    if (peer === undefined || second === undefined) return;
    rememberUnlinkable(peer, second);
    place(cutUnlinkable(peer.id === ORIGIN_PEER ? second : peer));
  }

  /** Nobody is moved for it: the next choice of a parent knows. */
  #measured(one: number, other: number, rttMs: number): void {
    const peer = this.#roster.find(one);
    const second = this.#roster.find(other);
    if (peer !== undefined && second !== undefined) rememberRoad(peer, second, rttMs);
  }

  #rate(id: number, rateBps: number): void {
    this.#rates.set(id, rateBps);
    const swarm = this.#swarms.get(id);
    if (swarm !== undefined) setRate(swarm, rateBps);
  }
}
