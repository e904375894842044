import { begin, end } from "./membership.ts";
import { place } from "./place.ts";
import type { Member, Swarm } from "./records.ts";
import { shed } from "./shed.ts";
import { fittingPreset, stripeRate } from "./swarm.ts";
import { refresh } from "./swarm-index.ts";

/** A rate that differs by less than this share is the same. */
const SAME_RATE = 0.1;

/** Takes a swarm's rate: with it change what a child costs and how finely the stream should be cut. */
export function setRate(swarm: Swarm, rateBps: number): void {
  if (Math.abs(rateBps - swarm.rateBps) < SAME_RATE * swarm.rateBps) return;
  swarm.rateBps = rateBps;
  if (fittingPreset(swarm, swarm.preset) !== swarm.preset) recut(swarm);
  else reprice(swarm);
}

/** Builds all trees anew with the preset that fits now. */
export function recut(swarm: Swarm): void {
  if (swarm.index === undefined) return;
  end(swarm);
  begin(swarm);
}

function reprice(swarm: Swarm): void {
  const stripeBps = stripeRate(swarm.rateBps, swarm.preset);
  const members = [...swarm.members.values()];
  for (const member of [...members, swarm.origin])
    member.peer.usedBps += childCount(member) * (stripeBps - swarm.stripeBps);
  swarm.stripeBps = stripeBps;
  for (const member of members) refresh(member);
  place(members.flatMap((member) => shed(member.peer)));
}

function childCount(member: Member): number {
  return member.seats.reduce((sum, seat) => sum + seat.children.length, 0);
}
