import { makeRoom } from "./make-room.ts";
import { isBlocked } from "./nat.ts";
import { pick } from "./pick.ts";
import type { Seat } from "./records.ts";
import { recruit } from "./recruit.ts";
import { overflow, preempt } from "./rescue.ts";
import { extend, stretch } from "./reserve.ts";
import { settle, takeRoot } from "./settle.ts";
import { openCount } from "./swarm-index.ts";
import { attach } from "./tree.ts";

/** How a seat gets a parent: the first that works. Each costs the swarm more than the one before. */
const WAYS: readonly ((seat: Seat) => boolean)[] = [top, joinOpen, stepIn, recruit, stretch, extend];

/** Finds parents for these seats: those with the most below them first, then those whose stripe is scarcest. */
export function place(seats: readonly Seat[]): void {
  const homeless = seats.filter((seat) => seat.parent === undefined);
  const queue = homeless.map((seat) => ({ seat, open: openCount(seat.member.swarm, seat.stripe) }));
  queue.sort((a, b) => b.seat.children.length - a.seat.children.length || a.open - b.open);
  for (const { seat } of queue) placeSeat(seat);
}

function placeSeat(seat: Seat): void {
  const { peer, swarm } = seat.member;
  // Recruiting places seats on the way; who has no UDP is fed by HTTP.
  if (seat.parent !== undefined || isBlocked(peer)) return;
  if (!placeAmongPeers(seat) && !overflow(seat)) swarm.unplaced.add(seat);
}

/** Without taking more of the origin than its one copy. */
export function placeAmongPeers(seat: Seat): boolean {
  if (WAYS.some((way) => way(seat)) || makeRoom(seat, joinWithRoom)) return true;
  const pushedOut = preempt(seat);
  if (pushedOut !== undefined) placeSeat(pushedOut);
  return seat.parent !== undefined;
}

/** A slot that nobody else needs; nothing but this one edge is changed. */
function joinWithRoom(seat: Seat): boolean {
  return joinOpen(seat) || stretch(seat);
}

/** A forwarder's free place right below the origin. */
function top(seat: Seat): boolean {
  return seat.duty && takeRoot(seat);
}

/** A free slot of a forwarder. */
function joinOpen(seat: Seat): boolean {
  const choice = pick(seat);
  if (choice !== undefined) attach(choice.parent, seat);
  return choice !== undefined;
}

/** A leaf's place, for a forwarder. */
function stepIn(seat: Seat): boolean {
  return seat.duty && settle(seat);
}
