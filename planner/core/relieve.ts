import { drawForwarder, drawStripe } from "./draw.ts";
import { cost, pick } from "./pick.ts";
import type { Swarm } from "./records.ts";
import { move } from "./settle.ts";

/** What a move must gain, in milliseconds of delay: it costs a new link. */
const GAIN_MS = 50;

/** Moves a leaf of a forwarder drawn by chance to where it gets pieces sooner: off a full uplink, or up to a place that has come free. */
export function relieve(swarm: Swarm): void {
  const host = drawForwarder(swarm, drawStripe(swarm));
  const leaves = host?.children.filter((child) => !child.duty) ?? [];
  const leaf = leaves[Math.floor(swarm.world.random() * leaves.length)];
  if (host === undefined || leaf === undefined) return;
  const better = pick(leaf);
  if (better !== undefined && better.costMs < cost(host, leaf) - GAIN_MS) move(leaf, better.parent);
}
