import type { Planner, PlannerCommand, PlannerEvent } from "../planner/core/planner-ports.ts";
import { VisitorMemory } from "../planner/memory/visitor-memory.ts";
import { createPlannerServer, type PlannerFault } from "../planner/planner-server.ts";
import type { PeerReport } from "../protocol/client-signal.ts";
import type { SessionId } from "../protocol/ids.ts";
import type { ServerSignal } from "../protocol/signal.ts";
import { TestClock } from "./clock.ts";
import { OriginSigner } from "./origin-signer.ts";
import { seededRandom } from "./random.ts";

/** When the origin's clock starts. */
export const START_MS = 1_700_000_000_000;

/** One client: what it says and hears. */
export interface PlannerClient {
  readonly session: SessionId;
  readonly peer: number;
  readonly heard: ServerSignal[];
  readonly send: (message: ServerSignal) => void;
}

/**
 * A planner's server; its planner is the test, which hears the events and answers the next one with `plan`, unless one is given.
 * `memory`: of an earlier one.
 */
export function plannerRig(planner?: Planner, memory = new VisitorMemory()) {
  const clock = new TestClock();
  const origin = new OriginSigner();
  const events: PlannerEvent[] = [];
  const faults: PlannerFault[] = [];
  const originParts: PlannerCommand[] = [];
  /** What the planner answers to the next event that is no tick. */
  const plan: PlannerCommand[] = [];
  const handle = (event: PlannerEvent): PlannerCommand[] => {
    if (event.type !== "tick") events.push(event);
    return plan.splice(0);
  };
  const server = createPlannerServer({
    planner: planner ?? { handle },
    clock,
    random: seededRandom(1),
    originMs: () => START_MS + clock.nowMs(),
    verifyTicket: origin.verify,
    onOriginPart: (part) => originParts.push(part),
    onFault: (fault) => faults.push(fault),
    memory,
  });
  const client = (n: number, address?: string): PlannerClient => {
    const heard: ServerSignal[] = [];
    const send = (message: ServerSignal): void => void heard.push(message);
    const session = sessionOf(n);
    return { session, heard, send, peer: server.join(session, send, address) };
  };
  const ticketOf = (peer: number, swarm = 7, lastsMs = 60_000): string =>
    Buffer.from(origin.ticket({ swarm, peer, expiresMs: START_MS + clock.nowMs() + lastsMs })).toString("base64url");
  const join = async (
    { session, peer }: PlannerClient,
    ticket = ticketOf(peer),
    swarm = 7,
    visitor?: string,
  ): Promise<void> => {
    server.signal(session, { type: "join", swarm, ticket, visitor });
    await new Promise(setImmediate);
  };
  /** The planner makes `a` the parent of `b`. */
  const pair = (a: PlannerClient, b: PlannerClient, swarm = 7): void => {
    plan.push(part(swarm, a.peer, [0], [b.peer]), part(swarm, b.peer, [a.peer], []));
    server.setRate(swarm, 1);
  };
  const unpair = (a: PlannerClient, b: PlannerClient, swarm = 7): void => {
    plan.push(part(swarm, a.peer, [0], []), part(swarm, b.peer, [0], []));
    server.setRate(swarm, 1);
  };
  /** Everybody joins with its ticket; what the planner heard of that is forgotten. */
  const members = async (
    count: number,
    address = (n: number): string => `198.51.100.${n}`,
  ): Promise<PlannerClient[]> => {
    const clients = Array.from({ length: count }, (_, n) => client(n, address(n)));
    for (const one of clients) await join(one);
    events.length = 0;
    return clients;
  };
  return { clock, origin, events, faults, originParts, plan, server, client, ticketOf, join, pair, unpair, members };
}

function sessionOf(n: number): SessionId {
  return n.toString(16).padStart(32, "0") as SessionId;
}

/** A part as the planner assigns it; parents and children by stripe, 0 first. */
export function part(swarm: number, peer: number, parents: number[], children: number[]): PlannerCommand {
  const edges = (peers: number[]) => peers.map((peer, stripe) => ({ stripe, peer }));
  return { type: "assign", swarm, peer, stripes: 4, parents: edges(parents), children: edges(children) };
}

/** What a receiver says of `peer`: 8 Mbit/s for a second. */
export function report(peer: number, rest: Partial<PeerReport> = {}): PeerReport {
  return { peer, bytes: 1_000_000, busyBytes: 1_000_000, busyMs: 1_000, rttMs: 30, ...rest };
}
