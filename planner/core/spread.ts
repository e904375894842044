import { drawForwarder, drawStripe } from "./draw.ts";
import { hasSlots } from "./means.ts";
import { reachableGroups } from "./nat.ts";
import { place } from "./place.ts";
import type { Swarm } from "./records.ts";
import { bestIdle } from "./recruit.ts";
import { setDuty } from "./tree.ts";
import { vacate } from "./vacate.ts";

/** Gives a duty of a peer that has several to one that has none: whose loss costs several stripes should not be. */
export function spread(swarm: Swarm): void {
  const burdened = drawForwarder(swarm, drawStripe(swarm));
  if (burdened === undefined || burdened.member.seats.filter((seat) => seat.duty).length < 2) return;
  const heir = bestIdle(swarm, reachableGroups(burdened.member.peer.group), burdened.member)?.seats[burdened.stripe];
  if (heir === undefined || !hasSlots(heir.member, swarm.preset.softShare, burdened.children.length)) return;
  setDuty(heir, true);
  place([...vacate(burdened), burdened]);
  if (heir.children.length === 0) setDuty(heir, false);
}
