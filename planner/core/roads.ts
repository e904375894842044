import { sameNetwork } from "./nat.ts";
import type { Peer } from "./records.ts";

// How far two viewers are from each other: measured where they have or had a link, estimated where not.

/** Roads remembered of one peer: a few times the links it may have. */
const MOST_REMEMBERED = 64;
/** A road of which nothing is known. */
const DEFAULT_RTT_MS = 50;
const LAN_MS = 1;

/** These two were this far from each other, there and back. The least counts: the rest was somebody's queue. */
export function rememberRoad(one: Peer, other: Peer, rttMs: number): void {
  const leastMs = Math.min(rttMs, one.roads.get(other.id) ?? rttMs);
  remember(one, other.id, leastMs);
  remember(other, one.id, leastMs);
}

function remember(peer: Peer, other: number, rttMs: number): void {
  peer.roads.delete(other);
  peer.roads.set(other, rttMs);
  for (const oldest of peer.roads.keys()) {
    if (peer.roads.size <= MOST_REMEMBERED) return;
    peer.roads.delete(oldest);
  }
}

/** One way between two viewers; of strangers from their round trips to the origin: between half their difference and half their sum. */
export function latencyMs(one: Peer, other: Peer): number {
  const measuredMs = one.roads.get(other.id);
  if (measuredMs !== undefined) return measuredMs / 2;
  if (sameNetwork(one, other)) return LAN_MS;
  return ((one.facts.rttMs ?? DEFAULT_RTT_MS) + (other.facts.rttMs ?? DEFAULT_RTT_MS)) / 4;
}
