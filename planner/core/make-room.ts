import { drawNeighbours } from "./draw.ts";
import { hasSlots } from "./means.ts";
import { canLink, reachableGroups } from "./nat.ts";
import type { Member, Seat } from "./records.ts";
import { MOST_DUTIES } from "./reserve.ts";
import { attach, detach, fits, setDuty } from "./tree.ts";

/** Full forwarders looked at, of each stripe and group. */
const SAMPLE = 3;
const MOST_HOSTS = 6;
/** Their children that are tried to be placed elsewhere. */
const MOST_TRIED = 6;

/**
 * Gives the seat a slot of a full forwarder's, one of whose children finds a parent with room elsewhere: what one can only have here
 * another may have there. `placeElsewhere` makes one edge or none.
 */
export function makeRoom(seat: Seat, placeElsewhere: (child: Seat) => boolean): boolean {
  for (const { seats } of fullHosts(seat)) {
    const forwarder = seats[seat.stripe];
    if (forwarder?.parent === undefined) continue;
    const children = seats.flatMap((own) => own.children).filter((child) => child.member !== seat.member);
    children.sort((a, b) => a.children.length - b.children.length);
    if (children.slice(0, MOST_TRIED).some((child) => trade(forwarder, child, seat, placeElsewhere))) return true;
  }
  return false;
}

/** Members whose uplink would bear the seat but for what they send to others. */
function fullHosts({ member, stripe }: Seat): Member[] {
  const { swarm, peer } = member;
  const drawn = reachableGroups(peer.group).flatMap((group) =>
    (swarm.index?.forwarders ?? []).flatMap((row) => row[group]?.sample(SAMPLE, swarm.world.random) ?? []),
  );
  const members = new Set([...drawNeighbours(member), ...drawn.map((forwarder) => forwarder.member)]);
  const able = [...members].filter(
    (host) =>
      host !== member &&
      mayForward(host, stripe) &&
      canLink(host.peer, peer) &&
      hasSlots(host, swarm.preset.fullShare, 0),
  );
  return able.slice(0, MOST_HOSTS);
}

function mayForward({ seats }: Member, stripe: number): boolean {
  return seats[stripe]?.duty === true || seats.filter(({ duty }) => duty).length < MOST_DUTIES;
}

function trade(forwarder: Seat, child: Seat, seat: Seat, placeElsewhere: (child: Seat) => boolean): boolean {
  const before = child.parent;
  const hadDuty = forwarder.duty;
  if (before === undefined) return false;
  detach(child);
  if (fits(forwarder, seat, seat.member.swarm.preset.fullShare)) {
    setDuty(forwarder, true);
    attach(forwarder, seat);
    if (placeElsewhere(child)) return true;
    detach(seat);
    setDuty(forwarder, hadDuty);
  }
  attach(before, child);
  return false;
}
