import { ORIGIN_PEER } from "../../protocol/ids.ts";
import type { DemandNeighbour } from "./demand-neighbour.ts";
import type { DemandPages } from "./demand-pages.ts";
import type { PutOffPieces } from "./put-off-pieces.ts";

/** How soon a piece is read. */
export type Urgency = "ahead" | "near" | "next";

/** What may be asked for beyond what a peer is asked for at other times. */
const EXTRA_BYTES: Readonly<Record<Urgency, number>> = { ahead: 0, near: 524_288, next: 1_048_576 };

export interface DemandChoicePorts {
  readonly random: () => number;
  readonly pages: DemandPages;
  readonly neighbours: ReadonlyMap<number, DemandNeighbour>;
  readonly putOff: PutOffPieces;
}

/** Of whom a piece can be asked now. */
export class DemandChoice {
  readonly #ports: DemandChoicePorts;

  constructor(ports: DemandChoicePorts) {
    this.#ports = ports;
  }

  /** How many viewers hold the piece and answered when they were last asked for anything. */
  holders(piece: number): number {
    let holders = 0;
    for (const neighbour of this.#ports.neighbours.values()) {
      if (!neighbour.isSilent && neighbour.hasAnnounced(piece)) holders += 1;
    }
    return holders;
  }

  /** Whether any viewer holds it that has sent something since it last put us off. */
  hasWilling(piece: number): boolean {
    for (const neighbour of this.#ports.neighbours.values()) {
      if (!neighbour.isSilent && !neighbour.isReluctant && neighbour.hasAnnounced(piece)) return true;
    }
    return false;
  }

  /** Whether anybody but the origin is linked. */
  get hasViewers(): boolean {
    for (const { isOrigin } of this.#ports.neighbours.values()) if (!isOrigin) return true;
    return false;
  }

  /**
   * The viewer that holds it and is asked least, of its window; undefined: none has room. Near a reader nobody is asked who did not
   * answer last time.
   */
  viewer(piece: number, urgency: Urgency, nowMs: number, except?: DemandNeighbour): DemandNeighbour | undefined {
    const isNear = urgency !== "ahead";
    const bytes = this.#ports.pages.lengthBytes(piece);
    let best: DemandNeighbour | undefined;
    let bestCost = Number.POSITIVE_INFINITY;
    for (const neighbour of this.#ports.neighbours.values()) {
      if (neighbour === except || neighbour.restUntilMs > nowMs || !neighbour.hasAnnounced(piece)) continue;
      if (!neighbour.hasRoom(bytes, EXTRA_BYTES[urgency]) || (isNear && neighbour.isSilent)) continue;
      // One ask shows whether it answers again.
      if (neighbour.isSilent && neighbour.asked.size > 0) continue;
      const cost = neighbour.load + 0.1 * this.#ports.random();
      if (cost >= bestCost) continue;
      best = neighbour;
      bestCost = cost;
    }
    return best;
  }

  /** The origin, if it can be asked for this piece now. */
  origin(piece: number, urgency: Urgency, nowMs: number): DemandNeighbour | undefined {
    const isNear = urgency !== "ahead";
    const { neighbours, putOff, pages } = this.#ports;
    const origin = neighbours.get(ORIGIN_PEER);
    if (origin === undefined || origin.restUntilMs > nowMs || putOff.has(piece, isNear, nowMs)) return undefined;
    if (!isNear && putOff.isFull(nowMs)) return undefined;
    return origin.hasRoom(pages.lengthBytes(piece), EXTRA_BYTES[urgency]) ? origin : undefined;
  }
}
