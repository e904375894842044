import { ORIGIN_PEER } from "../../protocol/ids.ts";
import { assess } from "./means.ts";
import { groupOf } from "./nat.ts";
import type { PeerFacts } from "./planner-ports.ts";
import type { Member, Peer } from "./records.ts";

/** Of whom nothing has been said yet. */
const STRANGER: PeerFacts = {
  nat: "unknown",
  ipv6: false,
  network: "",
  upload: true,
  uplinkBps: undefined,
  trusted: false,
  rttMs: undefined,
  stayMs: 0,
};

/** Everybody the planner has heard of and who has not gone. */
export class Roster {
  readonly origin: Peer;
  readonly #peers = new Map<number, Peer>();

  constructor(originUplinkBps: number) {
    const facts: PeerFacts = { ...STRANGER, nat: "open", uplinkBps: originUplinkBps, trusted: true, rttMs: 0 };
    this.origin = newPeer(ORIGIN_PEER, facts, 0);
    this.#peers.set(ORIGIN_PEER, this.origin);
  }

  find(id: number): Peer | undefined {
    return this.#peers.get(id);
  }

  /** The peer of that number, made if it is new. */
  meet(id: number, nowMs: number): Peer {
    const known = this.#peers.get(id);
    if (known !== undefined) return known;
    const peer = newPeer(id, STRANGER, nowMs);
    this.#peers.set(id, peer);
    return peer;
  }

  forget(id: number): void {
    if (id !== ORIGIN_PEER) this.#peers.delete(id);
  }
}

function newPeer(id: number, facts: PeerFacts, nowMs: number): Peer {
  const peer = {
    id,
    bornMs: nowMs,
    facts,
    group: groupOf(facts),
    measuredBps: undefined,
    reputation: 1,
    usedBps: 0,
    links: new Map<Peer, number>(),
    children: new Map<Peer, number>(),
    unlinkable: new Set<number>(),
    roads: new Map<number, number>(),
    members: new Set<Member>(),
  };
  return { ...peer, offerBps: assess(peer) };
}
