import { placeAmongPeers } from "./place.ts";
import type { Seat, Swarm } from "./records.ts";
import { freeRoots } from "./settle.ts";
import { attach, detach } from "./tree.ts";

/** Children of the origin for whom another parent is looked for in one tick. */
const MOST_TRIED = 8;

/** Gives children beyond the origin's one copy back to peers as soon as there is room. */
export function emptyOrigin(swarm: Swarm): void {
  const beyond = swarm.origin.seats.flatMap(beyondOneCopy);
  const first = Math.floor(swarm.world.random() * beyond.length);
  const tried = [...beyond.slice(first), ...beyond.slice(0, first)].slice(0, MOST_TRIED);
  for (const seat of tried) giveBack(seat);
}

/** Its leaves, and its forwarders if they are too many. */
function beyondOneCopy(root: Seat): readonly Seat[] {
  const tooMany = freeRoots(root) < 0;
  return root.children.filter((child) => !child.member.direct && (tooMany || !child.duty));
}

function giveBack(seat: Seat): void {
  const root = seat.parent;
  // An earlier one's recruit may have moved it.
  if (root === undefined || root !== seat.member.swarm.origin.seats[seat.stripe]) return;
  detach(seat);
  if (!placeAmongPeers(seat)) attach(root, seat);
}
