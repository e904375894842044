import { ORIGIN_PEER } from "../protocol/ids.ts";
import type { ByteCounts, Received } from "./byte-counts.ts";
import type { PlannerCommand } from "./core/planner-ports.ts";
import type { Parts } from "./parts.ts";
import type { Reports } from "./reports.ts";
import type { Viewers } from "./viewers.ts";

/** A swarm as `/status` shows it; numbers only, no sessions and no addresses. */
export interface SwarmStatus {
  readonly swarm: number;
  readonly members: readonly MemberStatus[];
}

export interface MemberStatus {
  readonly peer: number;
  readonly parents: PlannerCommand["parents"];
  readonly children: PlannerCommand["children"];
  /** The origin sends it all stripes itself. */
  readonly direct: boolean;
  /** Bits a second, as its receivers measured it, on this visit or an earlier one. */
  readonly uplinkBps: number | undefined;
  /** How long its earlier visits lasted; 0: it is new, or does not say. */
  readonly stayMs: number;
  readonly reputation: number;
  /** Payload it says it got in this swarm, from the origin and from viewers. */
  readonly bytes: Received;
  /** Payload others say they got from it in this swarm. */
  readonly sentBytes: number;
}

/** Where the planner's server keeps all this. */
export interface StatusSources {
  readonly viewers: Viewers;
  readonly parts: Parts;
  readonly reports: Reports;
  readonly bytes: ByteCounts;
}

/** Every swarm that has members, the origin first among them. */
export function swarmStatuses(sources: StatusSources): SwarmStatus[] {
  const swarms = new Map<number, MemberStatus[]>();
  for (const viewer of sources.viewers.all) {
    for (const swarm of viewer.swarms.keys()) {
      const members = swarms.get(swarm) ?? [memberStatus(sources, swarm, ORIGIN_PEER)];
      members.push(memberStatus(sources, swarm, viewer.peer));
      swarms.set(swarm, members);
    }
  }
  return Array.from(swarms, ([swarm, members]) => ({ swarm, members }));
}

function memberStatus({ viewers, parts, reports, bytes }: StatusSources, swarm: number, peer: number): MemberStatus {
  const part = parts.of(swarm, peer);
  const parents = part?.parents ?? [];
  const past = viewers.peer(peer)?.past;
  return {
    peer,
    parents,
    children: part?.children ?? [],
    direct: parents.length > 0 && parents.every((parent) => parent.peer === ORIGIN_PEER),
    uplinkBps: reports.uplinks.uplinkBps(peer) ?? past?.uplinkBps,
    stayMs: past?.stayMs ?? 0,
    reputation: reports.reputations.reputation(peer),
    bytes: bytes.received(swarm, peer),
    sentBytes: bytes.sentBytes(swarm, peer),
  };
}
