import { type Preset, presetFor } from "./presets.ts";
import type { Member, Peer, Seat, Swarm, SwarmIndex, World } from "./records.ts";

/** A swarm without members. */
export class EmptySwarm implements Swarm {
  readonly id: number;
  readonly world: World;
  readonly members = new Map<number, Member>();
  readonly unplaced = new Set<Seat>();
  readonly origin: Member;
  preset: Preset = presetFor(Number.POSITIVE_INFINITY);
  misfitTicks = 0;
  supplyBps = 0;
  index: SwarmIndex | undefined = undefined;
  rateBps: number;
  stripeBps: number;

  constructor(id: number, rateBps: number, world: World) {
    this.id = id;
    this.world = world;
    this.rateBps = rateBps;
    this.stripeBps = stripeRate(rateBps, this.preset);
    this.origin = newMember(world.origin, this);
  }
}

export function newMember(peer: Peer, swarm: Swarm): Member {
  return {
    peer,
    swarm,
    seats: [],
    idleBag: undefined,
    supplyBps: 0,
    direct: false,
    movedMs: Number.NEGATIVE_INFINITY,
    sent: undefined,
  };
}

/** Whole bits a second, so that sums stay exact. */
export function stripeRate(rateBps: number, preset: Preset): number {
  return Math.max(1, Math.ceil(rateBps / preset.stripes));
}

/** The preset that fits the swarm's supply over its demand, if it is `now` cut by another. */
export function fittingPreset(swarm: Swarm, now?: Preset): Preset {
  const supplyBps = swarm.supplyBps + swarm.world.origin.offerBps;
  return presetFor(supplyBps / Math.max(1, swarm.rateBps * swarm.members.size), now);
}

/** For a swarm that has no trees. */
export function choosePreset(swarm: Swarm): void {
  swarm.preset = fittingPreset(swarm);
  swarm.stripeBps = stripeRate(swarm.rateBps, swarm.preset);
}

/** Counts what a member can send, after it has changed. */
export function countSupply(member: Member, bps = member.peer.offerBps): void {
  member.swarm.supplyBps += bps - member.supplyBps;
  member.supplyBps = bps;
}
