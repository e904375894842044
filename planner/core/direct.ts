import { drawForwarder, drawStripe } from "./draw.ts";
import { highest } from "./highest.ts";
import { score } from "./means.ts";
import { isSymmetric } from "./nat.ts";
import { placeAmongPeers } from "./place.ts";
import type { Member, Seat, Swarm, World } from "./records.ts";
import { move } from "./settle.ts";
import { attach, detach, fits } from "./tree.ts";

// Serving first from the origin: while its uplink has room it is the parent of all stripes, and viewers send nothing. Both
// thresholds, the dwell and the slow average together keep viewers from being moved to and fro (simulated: 5 instead of 202 moves
// a viewer and hour).

/** Below this share of its uplink the origin takes viewers, above the other it hands them to the swarm. */
const ROOM_SHARE = 0.65;
const FULL_SHARE = 0.85;
/** How long a viewer stays where it was moved to. */
const DWELL_MS = 20_000;
/** Weight of the newest second in the load's average: about three seconds count. */
const NEWEST = 1 - Math.exp(-1 / 3);
/** Viewers compared when one is to be handed over. */
const COMPARED = 8;

/** Whether the origin has room for one more viewer of this swarm. */
export function hasRoom({ world: { origin, originFirst }, rateBps }: Swarm): boolean {
  return originFirst && origin.usedBps + rateBps <= ROOM_SHARE * origin.offerBps;
}

/** Makes a viewer one that the origin serves itself, as far as it can. */
export function serveDirectly(member: Member): void {
  setDirect(member, true);
  for (const seat of member.seats) {
    const root = member.swarm.origin.seats[seat.stripe];
    if (root !== undefined && seat.parent !== root && fits(root, seat, FULL_SHARE)) move(seat, root);
  }
}

/** Once a tick: moves one viewer at most. */
export function balance(world: World, swarms: readonly Swarm[]): void {
  if (!world.originFirst) return;
  const { origin, direct } = world;
  const load = origin.usedBps / Math.max(1, origin.offerBps);
  world.originLoad += NEWEST * (load - world.originLoad);
  const hasStayed = (member: Member): boolean => world.nowMs - member.movedMs >= DWELL_MS;
  if (world.originLoad > FULL_SHARE) {
    // The newest first: they have the least to lose, and the strong and reachable serve others at once.
    const newest = [...direct].filter(hasStayed).slice(-COMPARED);
    const chosen = highest(newest, (member) => (isSymmetric(member.peer) ? 0 : 1 + score(member)));
    if (chosen !== undefined) handOver(chosen);
  } else if (world.originLoad < ROOM_SHARE) {
    const chosen = swarms.filter(hasRoom).flatMap(neediest).find(hasStayed);
    if (chosen !== undefined) serveDirectly(chosen);
  }
}

function handOver(member: Member): void {
  setDirect(member, false);
  for (const seat of member.seats) {
    const root = seat.parent;
    if (root !== member.swarm.origin.seats[seat.stripe] || root === undefined) continue;
    detach(seat);
    if (!placeAmongPeers(seat)) attach(root, seat);
  }
}

/** First one that nobody feeds, then one that passes nothing on. */
function neediest(swarm: Swarm): Member[] {
  const unplaced: Seat | undefined = swarm.unplaced.values().next().value;
  const leaf = drawForwarder(swarm, drawStripe(swarm))?.children.find((child) =>
    child.member.seats.every((seat) => !seat.duty),
  );
  return [unplaced, leaf].flatMap((seat) => (seat === undefined || seat.member.direct ? [] : seat.member));
}

function setDirect(member: Member, direct: boolean): void {
  const { world } = member.swarm;
  member.direct = direct;
  member.movedMs = world.nowMs;
  if (direct) world.direct.add(member);
  else world.direct.delete(member);
}
