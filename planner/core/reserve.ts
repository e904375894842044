import { drawNeighbours } from "./draw.ts";
import { highest } from "./highest.ts";
import { canGrow } from "./means.ts";
import { canLink, reachableGroups } from "./nat.ts";
import { cost } from "./pick.ts";
import type { Member, Seat } from "./records.ts";
import { settle, takeRoot } from "./settle.ts";
import { attach, fits, setDuty } from "./tree.ts";

// What is taken when no slot is free and nobody idle: bursts drain slower, and one peer's loss costs more, but everybody is fed.

const STRETCH_SAMPLE = 8;
const EXTEND_SAMPLE = 3;
/** Members that are tried, the one with most to spare first. */
const MOST_TRIED = 3;
/** Duties one peer may have at most. */
export const MOST_DUTIES = 4;

/** A slot of a forwarder beyond those that are filled first. */
export function stretch(seat: Seat): boolean {
  const { swarm, peer } = seat.member;
  const forwarders = swarm.index?.forwarders[seat.stripe];
  const drawn = reachableGroups(peer.group).flatMap(
    (group) => forwarders?.[group]?.sample(STRETCH_SAMPLE, swarm.world.random) ?? [],
  );
  const near = drawNeighbours(seat.member).flatMap((member) => member.seats[seat.stripe] ?? []);
  const able = [...near, ...drawn].filter(
    (forwarder) => forwarder.duty && fits(forwarder, seat, swarm.preset.fullShare),
  );
  const best = highest(able, (forwarder) => -cost(forwarder, seat));
  if (best === undefined) return false;
  attach(best, seat);
  return true;
}

/** A further duty for a forwarder of another stripe with uplink to spare. It may be the seat's own. */
export function extend(seat: Seat): boolean {
  const { swarm, peer } = seat.member;
  const drawn = reachableGroups(peer.group).flatMap((group) =>
    (swarm.index?.forwarders ?? []).flatMap((row) => row[group]?.sample(EXTEND_SAMPLE, swarm.world.random) ?? []),
  );
  const members = [...drawNeighbours(seat.member), ...drawn.map((forwarder) => forwarder.member)];
  const able = members.filter((member) => mayTakeMore(member, seat)).sort((a, b) => spareBps(b) - spareBps(a));
  const forwarders = able.flatMap((member) => member.seats[seat.stripe] ?? []);
  // Those who have the stripe need no place of their own.
  const placed = forwarders.filter((forwarder) => forwarder.parent !== undefined);
  return [...placed, ...forwarders].slice(0, MOST_TRIED).some((forwarder) => addDuty(forwarder, seat));
}

function mayTakeMore(member: Member, child: Seat): boolean {
  const duties = member.seats.filter((seat) => seat.duty).length;
  if (duties >= MOST_DUTIES || member.seats[child.stripe]?.duty === true) return false;
  return canGrow(member) && (member === child.member || canLink(member.peer, child.member.peer));
}

function spareBps({ peer, swarm }: Member): number {
  return swarm.preset.fullShare * peer.offerBps - peer.usedBps;
}

function addDuty(forwarder: Seat, child: Seat): boolean {
  setDuty(forwarder, true);
  const placed = takeRoot(forwarder) || forwarder.parent !== undefined || settle(forwarder);
  if (placed && forwarder !== child && fits(forwarder, child, forwarder.member.swarm.preset.fullShare)) {
    attach(forwarder, child);
  }
  if (forwarder.children.length === 0 && child.parent === undefined) setDuty(forwarder, false);
  return child.parent !== undefined;
}
