import { place } from "./place.ts";
import type { Preset } from "./presets.ts";
import type { Member, Swarm } from "./records.ts";
import { shed } from "./shed.ts";
import { stripeRate } from "./swarm.ts";
import { createIndex, enter } from "./swarm-index.ts";
import { attach, detach, newSeat, setDuty } from "./tree.ts";

// Piece j belongs to stripe j modulo their number: twice as many split each stripe in two. So most links can stay as they are.

/** Cuts a swarm's stream as another preset says, and its trees with it. */
export function recut(swarm: Swarm, preset: Preset): void {
  const before = swarm.preset;
  for (const member of everybody(swarm)) swarm.world.touched.add(member);
  if (preset.stripes < before.stripes) for (const member of everybody(swarm)) dropSeats(member, preset.stripes);
  swarm.preset = preset;
  swarm.index = createIndex(preset.stripes);
  reprice(swarm);
  if (preset.stripes > before.stripes) split(swarm, before.stripes);
  for (const member of swarm.members.values()) enter(member);
  relieveAll(swarm);
}

/** Takes a new rate, or a new number of stripes, into every uplink's account. */
export function reprice(swarm: Swarm): void {
  const stripeBps = stripeRate(swarm.rateBps, swarm.preset);
  for (const member of everybody(swarm)) member.peer.usedBps += childCount(member) * (stripeBps - swarm.stripeBps);
  swarm.stripeBps = stripeBps;
}

/** Finds places for what is too much for anybody now. */
export function relieveAll(swarm: Swarm): void {
  const members = [...swarm.members.values()];
  const homeless = members.flatMap((member) => shed(member.peer));
  place([...homeless, ...members.flatMap((member) => member.seats.filter((seat) => seat.parent === undefined))]);
}

/** Gives each stripe's tree a twin for the other half of its pieces. */
function split(swarm: Swarm, stripes: number): void {
  for (const member of everybody(swarm)) {
    const twins = member.seats.map((seat) => newSeat(member, seat.stripe + stripes));
    member.seats = [...member.seats, ...twins];
  }
  for (const member of swarm.members.values()) {
    for (const seat of member.seats.slice(0, stripes)) {
      const twin = member.seats[seat.stripe + stripes];
      const parent = seat.parent?.member.seats[seat.stripe + stripes];
      if (twin === undefined) continue;
      setDuty(twin, seat.duty);
      if (parent !== undefined) attach(parent, twin);
    }
  }
}

function dropSeats(member: Member, stripes: number): void {
  for (const seat of member.seats.slice(stripes)) {
    for (const child of [...seat.children]) detach(child);
    detach(seat);
    member.swarm.unplaced.delete(seat);
  }
  member.seats = member.seats.slice(0, stripes);
}

function everybody(swarm: Swarm): Member[] {
  return [...swarm.members.values(), swarm.origin];
}

function childCount(member: Member): number {
  return member.seats.reduce((sum, seat) => sum + seat.children.length, 0);
}
