import { drawForwarder, drawStripe } from "./draw.ts";
import { hasSlots } from "./means.ts";
import { canLink, reachableGroups } from "./nat.ts";
import { place } from "./place.ts";
import type { Seat, Swarm } from "./records.ts";
import { bestIdle } from "./recruit.ts";
import { attach, detach, fits, fitsInstead, setDuty } from "./tree.ts";

/** Gives one duty of a peer that has several, whose loss would cost all of them at once, to one that has none. */
export function spread(swarm: Swarm): void {
  const seat = drawForwarder(swarm, drawStripe(swarm));
  if (seat === undefined) return;
  const duties = seat.member.seats.filter(({ duty }) => duty).length;
  if (duties <= swarm.preset.stripesPerLink) return;
  const heir = bestIdle(swarm, reachableGroups(seat.member.peer.group), seat.member)?.seats[seat.stripe];
  if (heir !== undefined && couldSucceed(heir, seat)) succeed(heir, seat);
}

/** Whether it can do for all concerned what the other did, and have it as a child besides. */
function couldSucceed(heir: Seat, seat: Seat): boolean {
  const { peer, swarm } = heir.member;
  const others = [seat, ...seat.children, ...(seat.parent === undefined ? [] : [seat.parent])];
  return (
    hasSlots(heir.member, swarm.preset.fullShare, seat.children.length + 1) &&
    others.every((other) => other === heir || canLink(other.member.peer, peer))
  );
}

function succeed(heir: Seat, seat: Seat): void {
  const above = seat.parent === heir ? heir.parent : seat.parent;
  const below = seat.children.filter((child) => child !== heir);
  for (const moved of [...seat.children, seat, heir]) detach(moved);
  setDuty(seat, false);
  setDuty(heir, true);
  if (above !== undefined && fitsInstead(above, heir)) attach(above, heir);
  for (const child of [...below, seat]) if (fits(heir, child, heir.member.swarm.preset.fullShare)) attach(heir, child);
  place([heir, ...below, seat]);
}
