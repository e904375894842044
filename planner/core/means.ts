import { ORIGIN_PEER } from "../../protocol/ids.ts";
import { MAX_LINKS } from "../../protocol/limits.ts";
import { BLOCKED_GROUP } from "./nat.ts";
import type { Member, Peer, World } from "./records.ts";

/** Until receivers have measured a peer: with it a crowd of strangers starts as fast as a known one (simulated). */
const PRIOR_BPS = 5_000_000;
/** Below this nobody is asked to serve. */
export const LEAST_REPUTATION = 0.3;
/** Links to other viewers; one of a browser's is the origin's. */
const MOST_LINKS = MAX_LINKS - 1;
/** Peers one peer sends to: as many as log2 of a swarm of 10,000, beyond which more gain nothing (simulated). */
const MOST_CHILDREN = 12;
/** Links kept free in each swarm for parents: one for each stripe or pair of stripes. */
const PARENT_LINKS = 4;
/** Age at which a visit counts three quarters of one without end: most leave early, those who stay do for long. */
const AGE_MS = 120_000;

/** What a peer is good for in all, in bits a second, from what is known of it. */
export function assess({ facts, group, measuredBps, reputation }: Omit<Peer, "offerBps">): number {
  const { upload, uplinkBps } = facts;
  if (!upload || group === BLOCKED_GROUP || reputation < LEAST_REPUTATION) return 0;
  return (measuredBps ?? uplinkBps ?? PRIOR_BPS) * reputation;
}

/** Whether it can take one more child of this swarm within that share of its uplink, and within what may be asked of it. */
export function hasSlots(member: Member, share: number, count = 1): boolean {
  const { peer, swarm } = member;
  return peer.usedBps + count * swarm.stripeBps <= Math.min(share * peer.offerBps, fairBps(peer, swarm.world));
}

/** What a viewer may be asked to send, in bits a second: so many times what it takes itself. Our own boxes and friends' have no such limit. */
function fairBps({ facts, members }: Peer, { uploadRatio }: World): number {
  if (facts.trusted) return Number.POSITIVE_INFINITY;
  let takenBps = 0;
  for (const { swarm } of members) takenBps += swarm.rateBps;
  return uploadRatio * takenBps;
}

/** Peers it may send to, whatever their stripes. */
export function mostChildren(peer: Peer): number {
  if (peer.id === ORIGIN_PEER) return Number.POSITIVE_INFINITY;
  return Math.max(0, Math.min(MOST_CHILDREN, MOST_LINKS - PARENT_LINKS * peer.members.size));
}

/** Whether one may become the other's parent as far as numbers of links go. */
export function hasLinkRoom(parent: Peer, child: Peer): boolean {
  if (parent.children.has(child)) return true;
  if (parent.children.size >= mostChildren(parent)) return false;
  if (parent.id === ORIGIN_PEER || parent.links.has(child)) return true;
  return parent.links.size < MOST_LINKS && child.links.size < MOST_LINKS;
}

/** Whether it can take one more child at all, of those it does not send to yet. */
export function canGrow(member: Member): boolean {
  return hasSlots(member, member.swarm.preset.fullShare) && member.peer.children.size < mostChildren(member.peer);
}

/** Rank of a member as a forwarder, in bits a second: its means, weighed with how long it has stayed, on earlier visits too. */
export function score(member: Member): number {
  const { peer, swarm } = member;
  const { trusted, stayMs } = peer.facts;
  const ageMs = trusted ? Number.POSITIVE_INFINITY : swarm.world.nowMs - peer.bornMs + stayMs;
  const stays = ageMs === Number.POSITIVE_INFINITY ? 1 : ageMs / (ageMs + AGE_MS);
  return Math.min(peer.offerBps, 6 * MOST_CHILDREN * swarm.stripeBps) * (0.4 + 0.6 * stays);
}
