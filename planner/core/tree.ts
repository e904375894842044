import { ORIGIN_PEER } from "../../protocol/ids.ts";
import { arrivalMs, estimate } from "./arrival.ts";
import { hasLinkRoom, hasSlots } from "./means.ts";
import { canLink } from "./nat.ts";
import { SHED_SHARE } from "./presets.ts";
import type { Member, Peer, Seat } from "./records.ts";
import { refreshPeer, refreshSeat } from "./swarm-index.ts";

// The only code that makes and cuts edges: it keeps every count, list and estimate true.

export function newSeat(member: Member, stripe: number): Seat {
  return {
    member,
    stripe,
    parent: undefined,
    children: [],
    place: 0,
    duty: false,
    leaves: 0,
    waitedTicks: 0,
    depth: 0,
    lagMs: 0,
    drainMs: 0,
    openBag: undefined,
    hostBag: undefined,
    forwarderBag: undefined,
  };
}

/** Whether this edge may be made, filling no more than that share of the parent's uplink. */
export function fits(parent: Seat, child: Seat, share: number): boolean {
  const from = parent.member.peer;
  const to = child.member.peer;
  return hasSlots(parent.member, share) && canLink(from, to) && hasLinkRoom(from, to) && isRootedOutside(parent, child);
}

/** As {@link fits}, where the child takes another's place. What hangs from the origin must, whatever the origin's uplink. */
export function fitsInstead(parent: Seat, child: Seat): boolean {
  return fits(parent, child, isRoot(parent) ? Number.POSITIVE_INFINITY : SHED_SHARE);
}

/** Whether the way up from `seat` leads to the origin without passing `subtree`. */
function isRootedOutside(seat: Seat, subtree: Seat): boolean {
  const end = climb(seat, subtree);
  return end !== subtree && isRoot(end);
}

/** Whether one seat is the other, or below it. */
export function isInside(seat: Seat, subtree: Seat): boolean {
  return climb(seat, subtree) === subtree;
}

/** The way up from a seat, to `until` or where it ends. */
function climb(seat: Seat, until: Seat): Seat {
  let at = seat;
  while (at.parent !== undefined && at !== until) at = at.parent;
  return at;
}

/** Whether it is the origin's own seat. */
export function isRoot(seat: Seat): boolean {
  return seat.member.peer.id === ORIGIN_PEER;
}

/** Makes an edge that {@link fits}; the child has no parent and brings its subtree along. */
export function attach(parent: Seat, child: Seat): void {
  const { swarm } = child.member;
  child.parent = parent;
  child.place = parent.children.length;
  parent.children.push(child);
  if (!child.duty) parent.leaves += 1;
  count(parent.member.peer, child.member.peer, 1);
  parent.member.peer.usedBps += swarm.stripeBps;
  swarm.unplaced.delete(child);
  touch(parent, child);
  descend(child);
}

/** Cuts the edge above a seat. */
export function detach(child: Seat): void {
  const { parent } = child;
  if (parent === undefined) return;
  const last = parent.children.pop();
  if (last !== undefined && last !== child) {
    parent.children[child.place] = last;
    last.place = child.place;
  }
  if (!child.duty) parent.leaves -= 1;
  child.parent = undefined;
  count(parent.member.peer, child.member.peer, -1);
  parent.member.peer.usedBps -= child.member.swarm.stripeBps;
  touch(parent, child);
}

export function setDuty(seat: Seat, duty: boolean): void {
  if (seat.duty === duty) return;
  seat.duty = duty;
  const { parent, member } = seat;
  if (parent !== undefined) {
    parent.leaves += duty ? -1 : 1;
    refreshSeat(parent);
    // Its parent now sends to it earlier, or later, than to others.
    member.swarm.world.touched.add(parent.member);
  }
  refreshPeer(member.peer);
}

function touch(parent: Seat, child: Seat): void {
  const { touched } = child.member.swarm.world;
  touched.add(parent.member);
  touched.add(child.member);
  if (!isRoot(parent)) refreshPeer(parent.member.peer);
  refreshPeer(child.member.peer);
}

/** Counts a seat's link: one for both, and among the parent's children. */
function count(parent: Peer, child: Peer, by: 1 | -1): void {
  add(parent.children, child, by);
  if (parent.id === ORIGIN_PEER) return;
  add(parent.links, child, by);
  add(child.links, parent, by);
}

function add(counts: Map<Peer, number>, peer: Peer, by: number): void {
  const sum = (counts.get(peer) ?? 0) + by;
  if (sum === 0) counts.delete(peer);
  else counts.set(peer, sum);
}

/** Estimates that moved by less than this are not handed down. */
const NOTEWORTHY_MS = 20;

/** Estimates a moved seat and those below it anew. */
function descend(moved: Seat): void {
  const waiting = [moved];
  for (let seat = waiting.pop(); seat !== undefined; seat = waiting.pop()) {
    if (seat.parent === undefined) continue;
    const before = { depth: seat.depth, arrivalMs: arrivalMs(seat) };
    estimate(seat, seat.parent);
    if (seat.depth === before.depth && Math.abs(arrivalMs(seat) - before.arrivalMs) < NOTEWORTHY_MS) continue;
    refreshSeat(seat);
    waiting.push(...seat.children);
  }
}
