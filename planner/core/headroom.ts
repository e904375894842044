import { GROUPS, reachesMany } from "./nat.ts";
import type { Swarm } from "./records.ts";
import { bestIdle, enlist } from "./recruit.ts";

/** Share of a swarm's members that could be given a free slot at any moment: a burst of leaves or joins meets open doors. */
const SHARE = 0.12;
/** Free slots an open forwarder has on average. */
const SLOTS = 8;
/** Recruits for one stripe in one tick. */
const MOST_RECRUITS = 4;
/** Symmetric forwarders can serve few, so they open no door. */
const USEFUL = Array.from({ length: GROUPS }, (_, group) => group).filter(reachesMany);

/** Recruits ahead of need. */
export function keepHeadroom(swarm: Swarm): void {
  const wanted = Math.ceil((SHARE * swarm.members.size) / SLOTS);
  for (let stripe = 0; stripe < swarm.preset.stripes; stripe += 1) {
    for (let recruits = 0; recruits < MOST_RECRUITS && usefulCount(swarm, stripe) < wanted; recruits += 1) {
      const seat = bestIdle(swarm, USEFUL)?.seats[stripe];
      if (seat === undefined || !enlist(seat)) break;
    }
  }
}

function usefulCount(swarm: Swarm, stripe: number): number {
  return USEFUL.reduce((sum, group) => sum + (swarm.index?.open[stripe]?.[group]?.count() ?? 0), 0);
}
