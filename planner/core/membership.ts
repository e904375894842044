import { hasRoom, serveDirectly } from "./direct.ts";
import { score } from "./means.ts";
import { place } from "./place.ts";
import type { Member, Peer, Seat, Swarm } from "./records.ts";
import { shed } from "./shed.ts";
import { choosePreset, countSupply, newMember } from "./swarm.ts";
import { createIndex, enter, withdraw } from "./swarm-index.ts";
import { detach, newSeat } from "./tree.ts";
import { vacate } from "./vacate.ts";

// Who is in a swarm. Below its least size nobody uploads: the origin serves those few itself.

export function join(swarm: Swarm, peer: Peer, leastMembers: number): void {
  if (swarm.members.has(peer.id)) return;
  const member = newMember(peer, swarm);
  swarm.members.set(peer.id, member);
  peer.members.add(member);
  countSupply(member);
  // Its parents here may need links that its children elsewhere have.
  place(shed(peer));
  if (swarm.index !== undefined) seatAll([member]);
  else if (swarm.members.size >= leastMembers) begin(swarm);
}

export function leave(swarm: Swarm, peer: Peer, leastMembers: number): void {
  const member = swarm.members.get(peer.id);
  if (member === undefined) return;
  withdraw(member);
  swarm.members.delete(peer.id);
  peer.members.delete(member);
  swarm.world.direct.delete(member);
  const orphans = member.seats.flatMap(vacate);
  member.seats = [];
  countSupply(member, 0);
  if (swarm.index === undefined) return;
  if (swarm.members.size < leastMembers) end(swarm);
  else place(orphans);
}

/** Places everybody. */
export function begin(swarm: Swarm): void {
  choosePreset(swarm);
  swarm.misfitTicks = 0;
  swarm.index = createIndex(swarm.preset.stripes);
  swarm.origin.seats = newSeats(swarm.origin);
  swarm.world.origin.members.add(swarm.origin);
  seatAll([...swarm.members.values()].sort((a, b) => score(b) - score(a)));
}

/** Takes everybody's part away. */
export function end(swarm: Swarm): void {
  for (const member of [...swarm.members.values(), swarm.origin]) {
    for (const seat of member.seats) for (const child of [...seat.children]) detach(child);
  }
  swarm.index = undefined;
  swarm.unplaced.clear();
  swarm.world.origin.members.delete(swarm.origin);
  for (const member of [...swarm.members.values(), swarm.origin]) {
    member.seats = [];
    member.direct = false;
    swarm.world.direct.delete(member);
  }
}

function seatAll(members: readonly Member[]): void {
  for (const member of members) {
    member.seats = newSeats(member);
    enter(member);
  }
  for (const member of members) {
    if (hasRoom(member.swarm)) serveDirectly(member);
    place(member.seats);
  }
}

function newSeats(member: Member): Seat[] {
  return Array.from({ length: member.swarm.preset.stripes }, (_, stripe) => newSeat(member, stripe));
}
