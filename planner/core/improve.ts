import { place } from "./place.ts";
import type { Swarm } from "./records.ts";

/** Seats without a parent that are tried again in one tick. */
const MOST_RETRIES = 400;

/** One second's small improvements. */
export function improve(swarm: Swarm): void {
  if (swarm.index === undefined) return;
  retry(swarm);
}

function retry(swarm: Swarm): void {
  const seats = [...swarm.unplaced].slice(0, MOST_RETRIES);
  // Those that fail again go to the end of the queue.
  for (const seat of seats) swarm.unplaced.delete(seat);
  place(seats);
}
