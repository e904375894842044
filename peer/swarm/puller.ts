import { ORIGIN_PEER } from "../../protocol/ids.ts";
import { MAX_LISTED_PIECES } from "../../protocol/swarm-frame.ts";
import type { Clock } from "../clock.ts";
import { Asks } from "./asks.ts";
import type { Holdings } from "./holdings.ts";
import type { Neighbour } from "./neighbour.ts";
import type { Part } from "./part.ts";
import type { Segment } from "./segment.ts";

// The rules and their numbers were found by simulation (testing/swarm-sim.test.ts repeats it).

/** A piece due sooner than this is urgent: asked for wherever it is, and in the end of the origin. */
const URGENT_MS = 900;
/** A parent that sent something this recently will send what it holds: no use in asking for it. */
const PARENT_ALIVE_MS = 1_000;
/** But it is not waited for longer than this beyond a segment's patience. */
const PARENT_GRACE_MS = 1_000;
/** A newcomer's links to viewers take this long; to all newcomers of a crowd at once the origin could not be a help. */
const NEWCOMER_MS = 1_000;
/** Pieces asked of one peer at once: a second of a common stream. */
const MAX_ASKED = 16;

export interface PullerPorts {
  readonly clock: Clock;
  readonly random: () => number;
  readonly part: Part;
  readonly holdings: Holdings;
  readonly neighbours: ReadonlyMap<number, Neighbour>;
}

/** Decides which missing pieces are asked for, and of whom: those that no parent will bring in time. */
export class Puller {
  readonly asks = new Asks();
  /** Something due could be asked of nobody: worth another look as soon as anything changes. */
  hungry = false;
  readonly #ports: PullerPorts;
  readonly #bornMs: number;

  constructor(ports: PullerPorts) {
    this.#ports = ports;
    this.#bornMs = ports.clock.nowMs();
  }

  /** Asks for everything that is due now. */
  pass(): void {
    const wants = new Map<Neighbour, number[]>();
    this.hungry = false;
    const segments = this.#ports.holdings.wanted();
    for (const segment of segments) {
      const isFirst = segment === segments[0];
      for (let piece = segment.firstPiece; piece < segment.endPiece; piece += 1) {
        if (segment.piece(piece) === undefined) this.#consider(piece, segment, isFirst, wants);
      }
    }
    for (const [neighbour, pieces] of wants) {
      for (let at = 0; at < pieces.length; at += MAX_LISTED_PIECES) {
        neighbour.link.sendWant(pieces.slice(at, at + MAX_LISTED_PIECES));
      }
    }
  }

  #consider(piece: number, segment: Segment, isFirst: boolean, wants: Map<Neighbour, number[]>): void {
    const nowMs = this.#ports.clock.nowMs();
    const urgent = segment.deadlineOf(piece) - nowMs < URGENT_MS;
    if (!urgent && !(segment.past ? isFirst : this.#isLate(piece, segment, nowMs))) return;
    if (this.asks.underWay(piece, nowMs)) return;
    const silent = this.asks.unanswered(piece, nowMs);
    if (silent !== undefined) this.#blame(silent, piece, nowMs);
    const neighbour = this.#choose(piece, urgent, nowMs);
    if (neighbour === undefined) {
      this.hungry = true;
      return;
    }
    this.asks.asked(piece, neighbour.peer, nowMs);
    neighbour.asked.set(piece, nowMs);
    const pieces = wants.get(neighbour);
    if (pieces === undefined) wants.set(neighbour, [piece]);
    else pieces.push(piece);
  }

  #blame(peer: number, piece: number, nowMs: number): void {
    this.asks.end(piece);
    const neighbour = this.#ports.neighbours.get(peer);
    // Many pieces asked of it at once and not answered are one failure.
    if (neighbour !== undefined && neighbour.restUntilMs <= nowMs) neighbour.letUsDown(nowMs);
  }

  /** Whether no parent can be trusted to bring it: there is none, or it is late and no parent that sends has it. */
  #isLate(piece: number, segment: Segment, nowMs: number): boolean {
    const lateMs = nowMs - segment.cameMs - segment.patienceMs;
    let linked = false;
    for (const peer of this.#ports.part.parents(this.#ports.part.stripeOf(piece)).keys()) {
      const parent = this.#ports.neighbours.get(peer);
      if (parent === undefined) continue;
      linked = true;
      const sends = parent.holds(piece) && nowMs - parent.heardMs < PARENT_ALIVE_MS;
      if (sends && lateMs < PARENT_GRACE_MS) return false;
    }
    return !linked || lateMs >= 0;
  }

  /** A viewer that has it, the least asked first and those that failed us last; the origin only where it must help. */
  #choose(piece: number, urgent: boolean, nowMs: number): Neighbour | undefined {
    let best: Neighbour | undefined;
    let bestCost = Number.POSITIVE_INFINITY;
    for (const neighbour of this.#ports.neighbours.values()) {
      if (!neighbour.holds(piece) || neighbour.restUntilMs > nowMs) continue;
      if (neighbour.peer === ORIGIN_PEER && !this.#mayAskOrigin(piece, urgent, nowMs)) continue;
      const cost = this.#cost(neighbour, piece, nowMs);
      if (cost >= bestCost) continue;
      best = neighbour;
      bestCost = cost;
    }
    return best;
  }

  #cost(neighbour: Neighbour, piece: number, nowMs: number): number {
    const asked = neighbour.asked.size;
    if (asked >= MAX_ASKED) return Number.POSITIVE_INFINITY;
    const failed = neighbour.asked.has(piece) || this.#isSilentParent(neighbour, piece, nowMs) ? 2 : 0;
    const last = neighbour.peer === ORIGIN_PEER ? 1 : 0;
    return (failed + last) * MAX_ASKED + asked + this.#ports.random();
  }

  /** A parent that says it has the piece and sends nothing is hardly worth an ask. */
  #isSilentParent(neighbour: Neighbour, piece: number, nowMs: number): boolean {
    const parents = this.#ports.part.parents(this.#ports.part.stripeOf(piece));
    return parents.has(neighbour.peer) && nowMs - neighbour.heardMs >= PARENT_ALIVE_MS;
  }

  #mayAskOrigin(piece: number, urgent: boolean, nowMs: number): boolean {
    if (this.#ports.part.parents(this.#ports.part.stripeOf(piece)).has(ORIGIN_PEER)) return true;
    return urgent && nowMs - this.#bornMs >= NEWCOMER_MS;
  }
}
