import { isOpen, isSymmetric, reachableGroups } from "./nat.ts";
import type { Seat } from "./records.ts";
import { attach, detach, fits } from "./tree.ts";

// The last ways to feed a seat, for those whom few can reach.

const SAMPLE = 8;
/** Share of the origin's uplink that overflow may fill; the rest is for roots, repairs and whoever is not in a swarm. */
const OVERFLOW_SHARE = 0.75;
/** A peer to which so many links failed is hard to reach, whatever its NAT calls itself. */
const MANY_FAILURES = 8;

/**
 * Takes a slot of an open forwarder from one of its children that others can serve too, for a symmetric peer. Answers that child;
 * it needs a new parent.
 */
export function preempt(seat: Seat): Seat | undefined {
  const { swarm, peer } = seat.member;
  if (!isSymmetric(peer)) return undefined;
  const forwarders = swarm.index?.forwarders[seat.stripe];
  for (const group of reachableGroups(peer.group)) {
    for (const forwarder of forwarders?.[group]?.sample(SAMPLE, swarm.world.random) ?? []) {
      if (!isOpen(forwarder.member.peer)) continue;
      const other = forwarder.children.find((child) => !child.duty && !isSymmetric(child.member.peer));
      if (other === undefined) continue;
      detach(other);
      if (fits(forwarder, seat, swarm.preset.fullShare)) {
        attach(forwarder, seat);
        return other;
      }
      attach(forwarder, other);
    }
  }
  return undefined;
}

/** A slot of the origin's beyond its one copy, only for those nobody else can reach: open to all it would drain the origin. */
export function overflow(seat: Seat): boolean {
  const { swarm } = seat.member;
  const root = swarm.origin.seats[seat.stripe];
  if (root === undefined || !isHardToReach(seat) || !fits(root, seat, OVERFLOW_SHARE)) return false;
  attach(root, seat);
  return true;
}

function isHardToReach(seat: Seat): boolean {
  const { peer } = seat.member;
  return isSymmetric(peer) || peer.unlinkable.size >= MANY_FAILURES || !isReached(seat);
}

/** Whether anybody but itself has an uplink and a NAT to reach it with. */
function isReached(seat: Seat): boolean {
  const { swarm, peer } = seat.member;
  const { index } = swarm;
  const own = seat.member.idleBag === undefined ? seat.member.seats.filter((other) => other.duty).length : 1;
  const groups = reachableGroups(peer.group);
  const all = groups.reduce((sum, group) => {
    const forwarding = index?.forwarders.reduce((count, row) => count + (row[group]?.size ?? 0), 0) ?? 0;
    return sum + forwarding + (index?.idle[group]?.count() ?? 0);
  }, 0);
  return all > (groups.includes(peer.group) ? own : 0);
}
