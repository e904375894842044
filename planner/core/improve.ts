import { drawForwarder, drawStripe } from "./draw.ts";
import { emptyOrigin } from "./empty-origin.ts";
import { exchange } from "./exchange.ts";
import { keepHeadroom } from "./headroom.ts";
import { place } from "./place.ts";
import { adaptCut } from "./rate.ts";
import type { Swarm } from "./records.ts";
import { relieve } from "./relieve.ts";
import { isUseful, settle } from "./settle.ts";
import { spread } from "./spread.ts";
import { setDuty } from "./tree.ts";

/** Seats without a parent that are tried again in one tick. */
const MOST_RETRIES = 400;
/** Members for whom one exchange and one relief is tried a tick: all of them within a minute or so, at little cost. */
const MEMBERS_A_STEP = 32;
const LEAST_STEPS = 4;
/** A tick stays short, however large the swarm: joins wait for it. */
const MOST_STEPS = 256;

/** One second's small improvements: no more moves than members would notice. */
export function improve(swarm: Swarm): void {
  if (swarm.index === undefined) return;
  adaptCut(swarm);
  clearTops(swarm);
  retry(swarm);
  keepHeadroom(swarm);
  emptyOrigin(swarm);
  spread(swarm);
  const steps = Math.min(MOST_STEPS, Math.max(LEAST_STEPS, swarm.members.size / MEMBERS_A_STEP));
  for (let step = 0; step < steps; step += 1) {
    promote(swarm);
    exchange(swarm);
    relieve(swarm);
  }
}

/** Lets a forwarder drawn by chance have a place nearer the root that has come free, or that a leaf has. */
function promote(swarm: Swarm): void {
  const forwarder = drawForwarder(swarm, drawStripe(swarm));
  if (forwarder?.parent === undefined) return;
  if (isUseful(forwarder)) settle(forwarder);
  else setDuty(forwarder, false);
}

/** At the top of a tree nobody may stand who cannot pass its stripe on. */
function clearTops(swarm: Swarm): void {
  for (const { children } of swarm.origin.seats) {
    for (const top of children) if (top.duty && !isUseful(top)) setDuty(top, false);
  }
}

function retry(swarm: Swarm): void {
  const seats = [...swarm.unplaced].slice(0, MOST_RETRIES);
  // Those that fail again go to the end of the queue.
  for (const seat of seats) {
    swarm.unplaced.delete(seat);
    seat.waitedTicks += 1;
  }
  place(seats);
  for (const seat of seats) if (seat.parent !== undefined) seat.waitedTicks = 0;
}
