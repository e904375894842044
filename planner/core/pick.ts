import { arrivalMs } from "./arrival.ts";
import { isOpen, isSymmetric, reachableGroups, sameNetwork } from "./nat.ts";
import type { Seat } from "./records.ts";
import { latencyMs } from "./roads.ts";
import { isIdle } from "./swarm-index.ts";
import { fits } from "./tree.ts";

/** A parent for a seat and what it costs, in milliseconds of delay or what is worth as much. */
export interface Choice {
  readonly parent: Seat;
  readonly costMs: number;
}

/** Forwarders looked at of each group at each depth; more find nothing better (simulated). */
const SAMPLE = 6;
/** Levels looked at below the best so far: few win that far down, where every level adds its road and its queue. */
const DEEPER = 2;
/** Delay matters less to those who pass nothing on. */
const LEAF_WEIGHT = 0.6;
const DOUBT_MS = 1_000;
/** Those whom everybody reaches are kept for the symmetric, who reach nobody else. */
const OPEN_MS = 200;
/** Places right below the origin's children are kept for those who pass on. */
const TOP_LEAF_MS = 150;
/** A link that exists already, or stays inside a house. */
const NEAR_MS = 50;
/** A stripe more from one parent: one more to lose with it. Less than a level's gain and more than a nearer place's. */
const SHARED_MS = 150;

/** The open forwarder of the seat's stripe from which it would get pieces soonest, at `deepest` at most. */
export function pick(child: Seat, deepest = Number.POSITIVE_INFINITY): Choice | undefined {
  const { swarm, peer } = child.member;
  const { index, world, preset } = swarm;
  const shelves = index?.open[child.stripe];
  if (index === undefined || shelves === undefined) return undefined;
  const groups = reachableGroups(peer.group);
  let best: Choice | undefined;
  const consider = (parent: Seat): void => {
    if (parent.depth > deepest) return;
    const costMs = cost(parent, child);
    if (best !== undefined && costMs >= best.costMs) return;
    if (fits(parent, child, preset.softShare)) best = { parent, costMs };
  };
  for (const neighbour of index.networks.get(peer.facts.network)?.sample(SAMPLE, world.random) ?? []) {
    const seat = neighbour.seats[child.stripe];
    if (seat?.openBag !== undefined) consider(seat);
  }
  const levels = Math.min(deepest + 1, Math.max(0, ...groups.map((group) => shelves[group]?.length ?? 0)));
  for (let depth = 1; depth < levels; depth += 1) {
    if (best !== undefined && depth > best.parent.depth + DEEPER) break;
    for (const group of groups) {
      for (const seat of shelves[group]?.peek(depth)?.sample(SAMPLE, world.random) ?? []) consider(seat);
    }
  }
  return best;
}

/** What it costs to have this parent. */
export function cost(parent: Seat, child: Seat): number {
  const from = parent.member.peer;
  const to = child.member.peer;
  const { preset, stripeBps } = child.member.swarm;
  // A child that moves takes its share of the burst along: without that two parents would seem better than each other.
  const arrivesMs = arrivalMs(parent, child.parent === parent ? 0 : stripeBps);
  let costMs = weightOf(child) * (arrivesMs + latencyMs(from, to)) + DOUBT_MS * (1 - from.reputation);
  if (isOpen(from) && !isSymmetric(to)) costMs += OPEN_MS;
  if (!child.duty && parent.depth === 1) costMs += TOP_LEAF_MS;
  if (sameNetwork(from, to)) costMs -= NEAR_MS;
  const others = stripesBetween(parent, child);
  if (others > 0 || from.links.has(to)) costMs -= NEAR_MS;
  return costMs + SHARED_MS * Math.max(0, others + 1 - preset.stripesPerLink);
}

/** Stripes that the parent's peer sends the child's already in this swarm, the one in question apart. */
function stripesBetween(parent: Seat, child: Seat): number {
  if (!parent.member.peer.children.has(child.member.peer)) return 0;
  let stripes = 0;
  for (const seat of child.member.seats) if (seat !== child && seat.parent?.member === parent.member) stripes += 1;
  return stripes;
}

function weightOf(child: Seat): number {
  return child.duty || isIdle(child.member) ? 1 : LEAF_WEIGHT;
}
