import { ORIGIN_PEER } from "../../protocol/ids.ts";
import type { NatKind, PeerFacts } from "./planner-ports.ts";
import type { Peer } from "./records.ts";

/** Rows of the table: three kinds of NAT, without and with IPv6, and those without UDP. */
export const GROUPS = 7;
export const BLOCKED_GROUP = 6;
const OPEN = 0;
const CONE = 2;
const SYMMETRIC = 4;

/** A stranger is taken for a cone, the most common kind, until more is known. */
const ROWS: Readonly<Record<NatKind, number>> = {
  open: OPEN,
  cone: CONE,
  unknown: CONE,
  symmetric: SYMMETRIC,
  blocked: BLOCKED_GROUP,
};

/**
 * Who reaches whom over IPv4 without a relay (RFC 5128). A symmetric NAT gives every destination a new port, which the other side
 * cannot guess: only those who are reachable from anywhere hear it.
 */
const REACHES: readonly (readonly boolean[])[] = [
  /*            open   cone   symmetric */
  /* open */ [true, true, true],
  /* cone */ [true, true, false],
  /* sym. */ [true, false, false],
];

export function groupOf(facts: PeerFacts): number {
  const row = ROWS[facts.nat];
  return row === BLOCKED_GROUP ? row : row + (facts.ipv6 ? 1 : 0);
}

/** Whether peers of these two groups can link: two IPv6 addresses always, one network apart. */
function groupsReach(one: number, other: number): boolean {
  if (one === BLOCKED_GROUP || other === BLOCKED_GROUP) return false;
  if (one % 2 === 1 && other % 2 === 1) return true;
  return REACHES[one >> 1]?.[other >> 1] ?? false;
}

const REACHABLE: readonly (readonly number[])[] = Array.from({ length: GROUPS }, (_, one) =>
  Array.from({ length: GROUPS }, (_, other) => other).filter((other) => groupsReach(one, other)),
);

/** The groups whose members a peer of this one can link to. */
export function reachableGroups(group: number): readonly number[] {
  return REACHABLE[group] ?? [];
}

/** Reachable from anywhere: what the symmetric ones depend on. */
export function isOpen(peer: Peer): boolean {
  return peer.group === OPEN || peer.group === OPEN + 1;
}

/** Only open peers and those with IPv6 too reach it. */
export function isSymmetric(peer: Peer): boolean {
  return peer.group === SYMMETRIC || peer.group === SYMMETRIC + 1;
}

export function isBlocked(peer: Peer): boolean {
  return peer.group === BLOCKED_GROUP;
}

export function sameNetwork(one: Peer, other: Peer): boolean {
  return one.facts.network !== "" && one.facts.network === other.facts.network;
}

/** Whether a link between these two can be hoped for. */
export function canLink(one: Peer, other: Peer): boolean {
  if (one.unlinkable.has(other.id) || other.unlinkable.has(one.id)) return false;
  if (isBlocked(one) || isBlocked(other)) return false;
  return sameNetwork(one, other) || groupsReach(one.group, other.group);
}

/** Failures remembered of one peer: a few times the links it may have. */
const MOST_REMEMBERED = 64;

/** These two are not proposed to each other again. The origin, which everybody tries, keeps no list of its own. */
export function rememberUnlinkable(one: Peer, other: Peer): void {
  if (one.id !== ORIGIN_PEER) remember(one, other.id);
  if (other.id !== ORIGIN_PEER) remember(other, one.id);
}

function remember(peer: Peer, id: number): void {
  peer.unlinkable.delete(id);
  peer.unlinkable.add(id);
  for (const oldest of peer.unlinkable) {
    if (peer.unlinkable.size <= MOST_REMEMBERED) return;
    peer.unlinkable.delete(oldest);
  }
}
