import { ORIGIN_PEER } from "../../protocol/ids.ts";
import { Bag } from "./bag.ts";
import { canGrow, hasSlots, mostChildren } from "./means.ts";
import { GROUPS } from "./nat.ts";
import type { Member, Peer, Seat, Swarm, SwarmIndex } from "./records.ts";
import { Shelf } from "./shelf.ts";

export function createIndex(stripes: number): SwarmIndex {
  const each = <T>(count: number, make: () => T): T[] => Array.from({ length: count }, make);
  return {
    open: each(stripes, () => each(GROUPS, () => new Shelf<Seat>())),
    hosts: each(stripes, () => new Shelf<Seat>()),
    forwarders: each(stripes, () => each(GROUPS, () => new Bag<Seat>())),
    idle: each(GROUPS, () => new Shelf<Member>()),
    networks: new Map(),
  };
}

/** Puts a member with seats where it can be found. */
export function enter(member: Member): void {
  const { network } = member.peer.facts;
  const networks = member.swarm.index?.networks;
  if (networks !== undefined && network !== "") {
    const bag = networks.get(network) ?? new Bag();
    networks.set(network, bag);
    bag.add(member);
  }
  refresh(member);
}

/** Takes it out everywhere: it has gone, or its group changes. */
export function withdraw(member: Member): void {
  const { network } = member.peer.facts;
  const networks = member.swarm.index?.networks;
  const bag = networks?.get(network);
  bag?.delete(member);
  if (bag?.size === 0) networks?.delete(network);
  member.idleBag = moved(member, member.idleBag, undefined);
  for (const seat of member.seats) {
    seat.openBag = moved(seat, seat.openBag, undefined);
    seat.hostBag = moved(seat, seat.hostBag, undefined);
    seat.forwarderBag = moved(seat, seat.forwarderBag, undefined);
  }
}

/** After a peer's uplink or its use has changed: it shows in all its swarms. */
export function refreshPeer(peer: Peer): void {
  for (const member of peer.members) refresh(member);
}

export function refresh(member: Member): void {
  if (member.peer.id === ORIGIN_PEER) return;
  for (const seat of member.seats) refreshSeat(seat);
  const bag = isIdle(member) ? member.swarm.index?.idle[member.peer.group]?.at(rank(member)) : undefined;
  member.idleBag = moved(member, member.idleBag, bag);
}

/** After its depth, duty or leaves have changed. */
export function refreshSeat(seat: Seat): void {
  const { index, preset } = seat.member.swarm;
  const { peer } = seat.member;
  if (index === undefined) return;
  const placed = seat.duty && seat.parent !== undefined;
  const isOpen = placed && hasSlots(seat.member, preset.softShare) && peer.children.size < mostChildren(peer);
  const open = isOpen ? index.open[seat.stripe]?.[peer.group]?.at(seat.depth) : undefined;
  const host = placed && seat.leaves > 0 ? index.hosts[seat.stripe]?.at(seat.depth) : undefined;
  seat.openBag = moved(seat, seat.openBag, open);
  seat.hostBag = moved(seat, seat.hostBag, host);
  seat.forwarderBag = moved(
    seat,
    seat.forwarderBag,
    seat.duty ? index.forwarders[seat.stripe]?.[peer.group] : undefined,
  );
}

/** Forwarders of a stripe with a free slot. */
export function openCount(swarm: Swarm, stripe: number): number {
  return swarm.index?.open[stripe]?.reduce((sum, shelf) => sum + shelf.count(), 0) ?? 0;
}

/** It could forward and has not been asked to. */
export function isIdle(member: Member): boolean {
  return member.seats.length > 0 && canGrow(member) && !member.seats.some(isForwarder);
}

function isForwarder(seat: Seat): boolean {
  return seat.duty;
}

/** Members whose uplinks differ less than twofold share a bag. */
function rank(member: Member): number {
  return Math.max(0, Math.floor(Math.log2(member.peer.offerBps / member.swarm.stripeBps)));
}

function moved<T>(item: T, from: Bag<T> | undefined, to: Bag<T> | undefined): Bag<T> | undefined {
  if (from !== to) {
    from?.delete(item);
    to?.add(item);
  }
  return to;
}
