import type { Member, Seat, Swarm } from "./records.ts";

/** A forwarder of that stripe, each as likely as any other. */
export function drawForwarder(swarm: Swarm, stripe: number): Seat | undefined {
  const bags = swarm.index?.forwarders[stripe] ?? [];
  let left = Math.floor(swarm.world.random() * bags.reduce((sum, bag) => sum + bag.size, 0));
  for (const bag of bags) {
    if (left < bag.size) return bag.at(left);
    left -= bag.size;
  }
  return undefined;
}

export function drawStripe(swarm: Swarm): number {
  return Math.floor(swarm.world.random() * swarm.preset.stripes);
}

/** Neighbours looked at. */
const NEIGHBOURS = 6;

/** Some of those behind the same public address: they reach each other whatever their NAT. */
export function drawNeighbours(member: Member): Member[] {
  const { peer, swarm } = member;
  const bag = swarm.index?.networks.get(peer.facts.network);
  return bag?.sample(NEIGHBOURS, swarm.world.random).filter((other) => other !== member) ?? [];
}
