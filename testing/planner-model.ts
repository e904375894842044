import { createPlanner } from "../planner/core/planner.ts";
import type { PeerFacts, Planner, PlannerCommand, PlannerEvent } from "../planner/core/planner-ports.ts";
import { seededRandom } from "./random.ts";

type Edge = PlannerCommand["children"][number];

/** An edge of a stripe's tree, as both its ends were told. */
export interface TreeEdge {
  readonly swarm: number;
  readonly stripe: number;
  readonly parent: number;
  readonly child: number;
}

/** A fixed line like most: its NAT maps each port once. */
export const COMMON_FACTS: PeerFacts = {
  nat: "cone",
  ipv6: false,
  network: "",
  upload: true,
  uplinkBps: 10_000_000,
  trusted: false,
  rttMs: undefined,
  stayMs: 0,
};

/** What all peers together know of a planner's plan: the commands they got, each replacing the last for its peer and swarm. */
export class PlannerModel {
  readonly facts = new Map<number, PeerFacts>();
  readonly assignments = new Map<number, Map<number, PlannerCommand>>();
  nowMs = 0;
  readonly #planner: Planner;

  constructor(planner: Planner) {
    this.#planner = planner;
  }

  /** Handles an event a moment after the last; answers the commands. */
  handle(event: PlannerEvent): PlannerCommand[] {
    this.nowMs += event.type === "tick" ? 1_000 : 10;
    const commands = this.#planner.handle(event, this.nowMs);
    if (event.type === "leave") this.assignments.get(event.swarm)?.delete(event.peer);
    if (event.type === "gone") for (const swarm of this.assignments.values()) swarm.delete(event.peer);
    for (const command of commands) this.apply(command);
    return commands;
  }

  apply(command: PlannerCommand): void {
    const swarm = this.assignments.get(command.swarm) ?? new Map<number, PlannerCommand>();
    this.assignments.set(command.swarm, swarm);
    swarm.set(command.peer, command);
  }

  /** A peer that becomes known and joins. */
  join(swarm: number, peer: number, facts: Partial<PeerFacts> = {}): PlannerCommand[] {
    this.facts.set(peer, { ...COMMON_FACTS, ...facts });
    return [
      ...this.handle({ type: "peer", peer, facts: { ...COMMON_FACTS, ...facts } }),
      ...this.handle({ type: "join", swarm, peer }),
    ];
  }

  /** Something else became known of a peer. */
  learn(peer: number, facts: Partial<PeerFacts>): PlannerCommand[] {
    const all = { ...COMMON_FACTS, ...this.facts.get(peer), ...facts };
    this.facts.set(peer, all);
    return this.handle({ type: "peer", peer, facts: all });
  }

  tick(times = 1): void {
    for (let time = 0; time < times; time += 1) this.handle({ type: "tick" });
  }

  /** Viewers that were told something of this swarm, and are there. */
  peers(swarm: number): number[] {
    return [...(this.assignments.get(swarm)?.keys() ?? [])].filter((peer) => peer !== 0);
  }

  assignment(swarm: number, peer: number): PlannerCommand | undefined {
    return this.assignments.get(swarm)?.get(peer);
  }

  parents(swarm: number, peer: number): readonly Edge[] {
    return this.assignment(swarm, peer)?.parents ?? [];
  }

  children(swarm: number, peer: number): readonly Edge[] {
    return this.assignment(swarm, peer)?.children ?? [];
  }

  /** Edges as the parents know them. */
  edges(): TreeEdge[] {
    return this.#all().flatMap(({ swarm, peer, children }) =>
      children.map((child) => ({ swarm, stripe: child.stripe, parent: peer, child: child.peer })),
    );
  }

  /** Edges as the children know them. */
  edgesFromBelow(): TreeEdge[] {
    return this.#all().flatMap(({ swarm, peer, parents }) =>
      parents.map((parent) => ({ swarm, stripe: parent.stripe, parent: parent.peer, child: peer })),
    );
  }

  /** Links from the origin down to this peer; undefined if it is not fed, or fed by itself. */
  depth(swarm: number, stripe: number, peer: number): number | undefined {
    let at = peer;
    for (let depth = 0; depth < 10_000; depth += 1) {
      if (at === 0) return depth;
      const parent = this.parents(swarm, at).find((edge) => edge.stripe === stripe);
      if (parent === undefined) return undefined;
      at = parent.peer;
    }
    return undefined;
  }

  #all(): PlannerCommand[] {
    return [...this.assignments.values()].flatMap((swarm) => [...swarm.values()]);
  }
}

/** The swarm of tests that need but one. */
export const SWARM = 1;

/** A model of a planner whose chance is always the same, with so many viewers of one swarm, numbered from 1. */
export function planned(
  options: { viewers?: number; facts?: Partial<PeerFacts>; seed?: number; uploadRatio?: number } = {},
): PlannerModel {
  const { viewers = 0, facts = {}, seed = 1, uploadRatio = Number.POSITIVE_INFINITY } = options;
  const model = new PlannerModel(createPlanner({ random: seededRandom(seed), uploadRatio }));
  for (let peer = 1; peer <= viewers; peer += 1) model.join(SWARM, peer, facts);
  return model;
}
