import { ORIGIN_PEER } from "../../protocol/ids.ts";
import { highest } from "./highest.ts";
import { mostChildren } from "./means.ts";
import { canLink } from "./nat.ts";
import { SHED_SHARE } from "./presets.ts";
import type { Peer, Seat } from "./records.ts";
import { detach } from "./tree.ts";
import { vacate } from "./vacate.ts";

// Takes from a peer what it can no longer have. Each answers the seats that need a new parent.

/** What it cannot bear: all its duties if not even one child is left to it, else as many children as are too many. */
export function shed(peer: Peer): Seat[] {
  const homeless: Seat[] = [];
  for (const member of peer.members) {
    if (SHED_SHARE * peer.offerBps >= member.swarm.stripeBps) continue;
    for (const seat of member.seats) if (seat.duty) homeless.push(...vacate(seat), seat);
  }
  while (peer.usedBps > SHED_SHARE * peer.offerBps || peer.children.size > mostChildren(peer)) {
    const seat = leastMissed(peer);
    if (seat === undefined) break;
    detach(seat);
    homeless.push(seat);
  }
  return homeless;
}

/** The child with the least below it. */
function leastMissed(peer: Peer): Seat | undefined {
  const children = [...peer.members].flatMap((member) => member.seats.flatMap((seat) => seat.children));
  // Without its roots a swarm has nothing: the origin keeps them whatever it can bear.
  const spared = peer.id === ORIGIN_PEER ? children.filter((child) => !child.duty) : children;
  return highest(spared, (child) => (child.duty ? -1 : 0) - child.children.length);
}

/** Edges to peers that it cannot link to (any more). */
export function cutUnlinkable(peer: Peer): Seat[] {
  const seats = [...peer.members].flatMap((member) => member.seats.flatMap((seat) => [seat, ...seat.children]));
  const homeless = seats.filter(
    ({ parent, member }) => parent !== undefined && !canLink(parent.member.peer, member.peer),
  );
  for (const seat of homeless) detach(seat);
  return homeless;
}
