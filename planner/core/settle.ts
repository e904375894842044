import { highest } from "./highest.ts";
import { canGrow, hasLinkRoom, hasSlots, score } from "./means.ts";
import { canLink } from "./nat.ts";
import { pick } from "./pick.ts";
import type { Seat } from "./records.ts";
import { attach, detach, fits, fitsInstead } from "./tree.ts";

// Finds a forwarder a place near the root. A tree whose places are all taken can grow only because a forwarder takes a leaf's.

/** Children of the origin in each stripe: it sends every piece once. The slot is kept for forwarders. */
const ROOT_SLOTS = 1;
/** Hosts looked at on one level. */
const SAMPLE = 3;

/** Moves a forwarder to the best place that can be made for it; whether it has one now. */
export function settle(seat: Seat): boolean {
  if (takeRoot(seat)) return true;
  const depth = seat.parent === undefined ? Number.POSITIVE_INFINITY : seat.depth;
  const leaf = leafAbove(seat, depth);
  const open = pick(seat, Math.min(depth, leaf?.depth ?? Number.POSITIVE_INFINITY) - (leaf === undefined ? 2 : 1));
  if (open !== undefined) move(seat, open.parent);
  else if (leaf !== undefined) replace(leaf, seat);
  return seat.parent !== undefined;
}

/** Takes the stripe's free place right below the origin, whatever its uplink: without it nobody has the stripe. */
export function takeRoot(seat: Seat): boolean {
  const root = seat.member.swarm.origin.seats[seat.stripe];
  if (root === undefined) return false;
  if (seat.parent === root) return true;
  if (!isUseful(seat) || freeRoots(root) < 1 || !fitsInstead(root, seat)) return false;
  move(seat, root);
  return true;
}

/** Whether a forwarder passes its stripe on, or could. */
export function isUseful(seat: Seat): boolean {
  return seat.children.length > 0 || canGrow(seat.member);
}

/** How many places of that stripe's root are free; negative if others than forwarders' were given away. */
export function freeRoots(root: Seat): number {
  return ROOT_SLOTS - (root.children.length - root.leaves);
}

export function move(seat: Seat, parent: Seat): void {
  detach(seat);
  attach(parent, seat);
}

/** Gives `seat` the place of another, which becomes its child with all that is below it; undone if it cannot be. */
export function replace(other: Seat, seat: Seat): boolean {
  const above = other.parent;
  const before = seat.parent;
  if (above === undefined) return false;
  detach(other);
  detach(seat);
  if (fitsInstead(above, seat)) {
    attach(above, seat);
    if (fits(seat, other, seat.member.swarm.preset.fullShare)) {
      attach(seat, other);
      return true;
    }
    detach(seat);
  }
  attach(above, other);
  if (before !== undefined) attach(before, seat);
  return false;
}

/** The weakest leaf below one of the hosts nearest the root whose place is nearer than `depth` and could be had. */
function leafAbove(seat: Seat, depth: number): Seat | undefined {
  const { index, world, preset } = seat.member.swarm;
  const hosts = index?.hosts[seat.stripe];
  if (hosts === undefined || !hasSlots(seat.member, preset.fullShare)) return undefined;
  for (let level = 1; level < Math.min(hosts.length, depth - 1); level += 1) {
    const leaves = (hosts.peek(level)?.sample(SAMPLE, world.random) ?? []).flatMap((host) => leavesFor(host, seat));
    const weakest = highest(leaves, (leaf) => -score(leaf.member));
    if (weakest !== undefined) return weakest;
  }
  return undefined;
}

function leavesFor(host: Seat, seat: Seat): Seat[] {
  const { peer } = seat.member;
  const from = host.member.peer;
  if (from === peer || !canLink(from, peer)) return [];
  return host.children.filter(
    (leaf) =>
      !leaf.duty &&
      leaf !== seat &&
      canLink(peer, leaf.member.peer) &&
      (from.children.get(leaf.member.peer) === 1 || hasLinkRoom(from, peer)),
  );
}
