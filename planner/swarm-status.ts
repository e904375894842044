import type { PlannerCommand } from "./core/planner-ports.ts";

/** A swarm as `/status` shows it; numbers only, no sessions and no addresses. */
export interface SwarmStatus {
  readonly swarm: number;
  readonly members: readonly MemberStatus[];
}

export interface MemberStatus {
  readonly peer: number;
  readonly parents: PlannerCommand["parents"];
  readonly children: PlannerCommand["children"];
  /** Bits a second, as its receivers measured it. */
  readonly uplinkBps: number | undefined;
  readonly reputation: number;
  /** Payload it says it got in this swarm, from the origin and from viewers. */
  readonly bytes: Received;
  /** Payload others say they got from it in this swarm. */
  readonly sentBytes: number;
}

export interface Received {
  readonly origin: number;
  readonly viewer: number;
}
