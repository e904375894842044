import { drawNeighbours } from "./draw.ts";
import { highest } from "./highest.ts";
import { score } from "./means.ts";
import { canLink, reachableGroups } from "./nat.ts";
import type { Member, Seat, Swarm } from "./records.ts";
import { settle } from "./settle.ts";
import { isIdle } from "./swarm-index.ts";
import { attach, fits, setDuty } from "./tree.ts";

/** Idle members of one rank looked at. */
const SAMPLE = 6;

/** Gives the best idle member the seat's stripe to pass on, and the seat to it as a child. It may be the seat's own. */
export function recruit(seat: Seat): boolean {
  const { member, stripe } = seat;
  const neighbours = drawNeighbours(member).filter(isIdle);
  const best = highest(neighbours, score) ?? bestIdle(member.swarm, reachableGroups(member.peer.group), member);
  const forwarder = best?.seats[stripe];
  if (forwarder === undefined || !enlist(forwarder)) return false;
  if (forwarder !== seat && fits(forwarder, seat, member.swarm.preset.fullShare)) attach(forwarder, seat);
  return seat.parent !== undefined;
}

/** Gives an idle member the duty for this stripe and a place; without a place it stays idle, for another stripe. */
export function enlist(seat: Seat): boolean {
  setDuty(seat, true);
  if (settle(seat)) return true;
  setDuty(seat, false);
  return false;
}

/** The highest ranking idle member of these groups, if need be one that can serve `child`. */
export function bestIdle(swarm: Swarm, groups: readonly number[], child?: Member): Member | undefined {
  const shelves = groups.flatMap((group) => swarm.index?.idle[group] ?? []);
  for (let rank = Math.max(0, ...shelves.map((shelf) => shelf.length)) - 1; rank >= 0; rank -= 1) {
    const drawn = shelves.flatMap((shelf) => shelf.peek(rank)?.sample(SAMPLE, swarm.world.random) ?? []);
    const able = drawn.filter((one) => child === undefined || one === child || canLink(one.peer, child.peer));
    const best = highest(able, score);
    if (best !== undefined) return best;
  }
  return undefined;
}
