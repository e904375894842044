import type { Bag } from "./bag.ts";
import type { PeerFacts, PlannerCommand } from "./planner-ports.ts";
import type { Preset } from "./presets.ts";
import type { Shelf } from "./shelf.ts";

// What the planner remembers. Everything here is soft: peers that announce themselves again bring it back.

/** Someone with a link to the planner, whatever the swarms; number 0 is the origin. */
export interface Peer {
  readonly id: number;
  readonly bornMs: number;
  facts: PeerFacts;
  /** Which row of the NAT table it stands in (nat.ts). */
  group: number;
  /** What receivers measured on this visit, bits a second. */
  measuredBps: number | undefined;
  reputation: number;
  /** What all this makes it good for, bits a second (means.ts). */
  offerBps: number;
  /** What its children in all swarms take of its uplink, bits a second. */
  usedBps: number;
  /** Peers it has a link with, the origin apart, and for how many seats. */
  readonly links: Map<Peer, number>;
  /** Those of them it sends to, and how many stripes. */
  readonly children: Map<Peer, number>;
  /** Peers that no link could be made with, the newest last. */
  readonly unlinkable: Set<number>;
  /** Round trips that were measured to others, in milliseconds, the newest last. */
  readonly roads: Map<number, number>;
  readonly members: Set<Member>;
}

/** A peer's part in one swarm. */
export interface Member {
  readonly peer: Peer;
  readonly swarm: Swarm;
  /** Its places, one in each stripe's tree; none while the swarm is too small. */
  seats: readonly Seat[];
  idleBag: Bag<Member> | undefined;
  /** What it adds to the swarm's supply, bits a second. */
  supplyBps: number;
  /** The origin serves it itself (direct.ts). */
  direct: boolean;
  /** When that last changed. */
  movedMs: number;
  /** The last command it got. */
  sent: PlannerCommand | undefined;
}

/** A member's place in one stripe's tree. */
export interface Seat {
  readonly member: Member;
  readonly stripe: number;
  parent: Seat | undefined;
  readonly children: Seat[];
  /** Where it stands among its parent's children. */
  place: number;
  /** It passes this stripe on, or may be asked to. */
  duty: boolean;
  /** Children that do not pass the stripe on. */
  leaves: number;
  /** Ticks for which no parent could be found. */
  waitedTicks: number;
  /** Links from the origin. */
  depth: number;
  /** When a stripe's first piece gets here after its publication, milliseconds. */
  lagMs: number;
  /** How long the slowest uplink above takes to send a burst, milliseconds. */
  drainMs: number;
  openBag: Bag<Seat> | undefined;
  hostBag: Bag<Seat> | undefined;
  forwarderBag: Bag<Seat> | undefined;
}

export interface Swarm {
  readonly id: number;
  readonly world: World;
  readonly members: Map<number, Member>;
  /** The origin as a member: the roots of the trees. */
  readonly origin: Member;
  preset: Preset;
  rateBps: number;
  /** What one child of one stripe takes of an uplink. */
  stripeBps: number;
  /** Ticks in a row in which another preset fitted better. */
  misfitTicks: number;
  /** What all its members could send, bits a second. */
  supplyBps: number;
  /** Seats without a parent: repair feeds them until a place is found. */
  readonly unplaced: Set<Seat>;
  /** Undefined while the swarm is too small. */
  index: SwarmIndex | undefined;
}

/** A swarm's members by what they could do for others. Kept by swarm-index.ts. */
export interface SwarmIndex {
  /** Forwarders with a free slot, by stripe, group and depth. */
  readonly open: readonly (readonly Shelf<Seat>[])[];
  /** Forwarders with a leaf among their children, by stripe and depth. */
  readonly hosts: readonly Shelf<Seat>[];
  /** All forwarders, by stripe and group. */
  readonly forwarders: readonly (readonly Bag<Seat>[])[];
  /** Members with an uplink and no duty, by group and rank. */
  readonly idle: readonly Shelf<Member>[];
  /** Members by their public address. */
  readonly networks: Map<string, Bag<Member>>;
}

/** What all swarms share. */
export interface World {
  readonly random: () => number;
  /** Time of the event that is being handled. */
  nowMs: number;
  readonly origin: Peer;
  /** A viewer is asked to send at most so many times what it takes. */
  readonly uploadRatio: number;
  /** The origin serves viewers itself while it has room. */
  readonly originFirst: boolean;
  /** Share of the origin's uplink that is in use, averaged. */
  originLoad: number;
  /** Members that the origin serves itself, the newest last. */
  readonly direct: Set<Member>;
  /** Members whose part the event has touched. */
  readonly touched: Set<Member>;
}
