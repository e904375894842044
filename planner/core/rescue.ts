import { drawNeighbours } from "./draw.ts";
import { hasSlots } from "./means.ts";
import { canLink, isOpen, isSymmetric, reachableGroups } from "./nat.ts";
import type { Member, Seat } from "./records.ts";
import { attach, detach, fits, setDuty } from "./tree.ts";

// The last ways to feed a seat, for those whom few can reach.

const SAMPLE = 3;
/** Children that are tried to be given up. */
const MOST_TRIED = 3;
/** Share of the origin's uplink that overflow may fill; the rest is for roots, repairs and whoever is not in a swarm. */
const OVERFLOW_SHARE = 0.75;
/** Ticks after which a seat for which there is room nowhere is fed by the origin: repair alone keeps no player going. */
const PATIENCE_TICKS = 2;
/** A peer to which so many links failed is hard to reach, whatever its NAT calls itself. */
const MANY_FAILURES = 8;

/**
 * Takes a slot of an open peer's from one of its children that others can serve too, for a symmetric peer. Answers that child; it
 * needs a new parent.
 */
export function preempt(seat: Seat): Seat | undefined {
  if (!isSymmetric(seat.member.peer)) return undefined;
  for (const { seats } of openForwarders(seat)) {
    const forwarder = seats[seat.stripe];
    if (forwarder?.parent === undefined || !couldTake(forwarder, seat)) continue;
    const children = seats.flatMap((own) => own.children).filter((child) => !isSymmetric(child.member.peer));
    const others = children.sort((a, b) => a.children.length - b.children.length);
    const pushedOut = others.slice(0, MOST_TRIED).find((other) => takeSlot(forwarder, other, seat));
    if (pushedOut !== undefined) return pushedOut;
  }
  return undefined;
}

/** Whether giving up one child could be enough: trying it out costs much more. */
function couldTake(forwarder: Seat, seat: Seat): boolean {
  const { preset } = seat.member.swarm;
  return hasSlots(forwarder.member, preset.fullShare, 0) && canLink(forwarder.member.peer, seat.member.peer);
}

/** Open members with any duty, those first that have a link to the seat's peer already. */
function openForwarders({ member }: Seat): Member[] {
  const { swarm, peer } = member;
  const drawn = reachableGroups(peer.group).flatMap((group) =>
    (swarm.index?.forwarders ?? []).flatMap((row) => row[group]?.sample(SAMPLE, swarm.world.random) ?? []),
  );
  const open = [...new Set(drawn.map((forwarder) => forwarder.member))].filter((other) => isOpen(other.peer));
  return open.sort((a, b) => Number(b.peer.links.has(peer)) - Number(a.peer.links.has(peer)));
}

/** Gives a child's slot to another, perhaps in another stripe; undone if that does not fit. */
function takeSlot(forwarder: Seat, child: Seat, other: Seat): boolean {
  const before = child.parent;
  if (before === undefined) return false;
  detach(child);
  const can = fits(forwarder, other, other.member.swarm.preset.fullShare);
  if (can) setDuty(forwarder, true);
  attach(can ? forwarder : before, can ? other : child);
  return can;
}

/**
 * A slot of the origin's beyond its one copy. Only for those nobody else can reach, for whoever feeds others, and for whom there has been
 * no room for a while: open to all at once it would drain the origin.
 */
export function overflow(seat: Seat): boolean {
  const { swarm } = seat.member;
  const root = swarm.origin.seats[seat.stripe];
  if (root === undefined || !mayOverflow(seat) || !fits(root, seat, OVERFLOW_SHARE)) return false;
  attach(root, seat);
  return true;
}

function mayOverflow(seat: Seat): boolean {
  const { peer } = seat.member;
  if (seat.waitedTicks >= PATIENCE_TICKS) return true;
  return seat.children.length > 0 || isSymmetric(peer) || peer.unlinkable.size >= MANY_FAILURES || !isReached(seat);
}

/** Whether anybody but itself has an uplink and a NAT to reach it with. */
function isReached(seat: Seat): boolean {
  const { swarm, peer } = seat.member;
  const { index } = swarm;
  if (drawNeighbours(seat.member).some((other) => other.peer.offerBps > swarm.stripeBps)) return true;
  const own = seat.member.idleBag === undefined ? seat.member.seats.filter((other) => other.duty).length : 1;
  const groups = reachableGroups(peer.group);
  const all = groups.reduce((sum, group) => {
    const forwarding = index?.forwarders.reduce((count, row) => count + (row[group]?.size ?? 0), 0) ?? 0;
    return sum + forwarding + (index?.idle[group]?.count() ?? 0);
  }, 0);
  return all > (groups.includes(peer.group) ? own : 0);
}
