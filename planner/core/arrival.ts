import type { Peer, Seat } from "./records.ts";
import { latencyMs } from "./roads.ts";

// When a burst's last piece arrives, estimated: pieces trickle down link by link, and each uplink on the way has its queue.

/** A segment of a common length is published at once. */
const BURST_MS = 2_000;
const PIECE_BITS = 131_072;
/** Children that a first piece waits for on average. */
const MOST_BEFORE = 4;
/** How long this uplink takes to send a burst to all its children, and to some more. */
function drainMs(peer: Peer, moreBps = 0): number {
  const bps = peer.usedBps + moreBps;
  return bps === 0 ? 0 : (BURST_MS * bps) / Math.max(1, peer.offerBps);
}

/** When a burst has arrived at the far end of this seat's uplink, if it has that much more to send. */
export function arrivalMs(parent: Seat, moreBps = 0): number {
  return parent.lagMs + Math.max(parent.drainMs, drainMs(parent.member.peer, moreBps));
}

/** Estimates a seat anew after its parent's. */
export function estimate(seat: Seat, parent: Seat): void {
  const from = parent.member.peer;
  const before = Math.min(MOST_BEFORE, from.usedBps / parent.member.swarm.stripeBps);
  const sendMs = (1_000 * before * PIECE_BITS) / Math.max(1, from.offerBps);
  seat.depth = parent.depth + 1;
  seat.lagMs = parent.lagMs + latencyMs(from, seat.member.peer) + sendMs;
  seat.drainMs = Math.max(parent.drainMs, drainMs(from));
}
