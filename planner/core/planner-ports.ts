/** Who can connect to whom depends on this: open (reachable from anywhere), endpoint-independent, symmetric, or no UDP at all. */
export type NatKind = "open" | "cone" | "symmetric" | "blocked" | "unknown";

/** What the planner is told. Peers are numbers (0 is the origin, always there), swarms too. */
export type PlannerEvent =
  | { readonly type: "join"; readonly swarm: number; readonly peer: number }
  | { readonly type: "leave"; readonly swarm: number; readonly peer: number }
  /** What is known of a peer; sent before its first join, and again when it changes. */
  | { readonly type: "peer"; readonly peer: number; readonly facts: PeerFacts }
  /** The peer is gone from every swarm. */
  | { readonly type: "gone"; readonly peer: number }
  /** Receivers measured it: bits a second it can send in all. */
  | { readonly type: "uplink"; readonly peer: number; readonly uplinkBps: number }
  /** No link could be made between these two, or it broke and did not come back. */
  | { readonly type: "unlinkable"; readonly peer: number; readonly other: number }
  /** Their link's round trip, there and back. */
  | { readonly type: "rtt"; readonly peer: number; readonly other: number; readonly rttMs: number }
  /** 0 (proved liar) … 1. */
  | { readonly type: "reputation"; readonly peer: number; readonly reputation: number }
  /** The swarm's rate is known (better). */
  | { readonly type: "rate"; readonly swarm: number; readonly rateBps: number }
  /** A second has passed: small improvements. */
  | { readonly type: "tick" };

export interface PeerFacts {
  readonly nat: NatKind;
  readonly ipv6: boolean;
  /** Same text = same public address: a link inside one network, whatever the NAT. */
  readonly network: string;
  /** It may send at all (see Means). */
  readonly upload: boolean;
  /** Measured on an earlier visit; undefined: unknown, the planner's prior stands until receivers have measured. */
  readonly uplinkBps: number | undefined;
  /** Our own box or a friend's: it may be asked for more than it takes. */
  readonly trusted: boolean;
  readonly rttMs: number | undefined;
  /** How long its earlier visits lasted; 0: it was never here, as far as anybody knows. */
  readonly stayMs: number;
}

/**
 * What the planner wants done: this peer's part in this swarm, whole, and idempotent. Peer 0: the origin's children. Of a stripe's
 * children those come first that pass it on: whole subtrees wait for them.
 */
export interface PlannerCommand {
  readonly type: "assign";
  readonly swarm: number;
  readonly peer: number;
  readonly stripes: number;
  readonly parents: readonly { readonly stripe: number; readonly peer: number }[];
  readonly children: readonly { readonly stripe: number; readonly peer: number }[];
}

/** The whole planner: events in, commands out. Time and chance come in as arguments, so a run can be repeated. */
export interface Planner {
  /** Takes one event at `nowMs` and says what changes because of it: at most one command a peer and swarm. */
  handle(event: PlannerEvent, nowMs: number): PlannerCommand[];
}
