import { MAX_LISTED_PIECES } from "../../protocol/swarm-frame.ts";
import type { DemandNeighbour } from "./demand-neighbour.ts";

interface Ask {
  readonly neighbour: DemandNeighbour;
  /** When it was asked for, or a part of it last came. */
  heardMs: number;
}

/** Who is waited for, piece by piece: one peer for each. */
export class DemandAsks {
  readonly #asks = new Map<number, Ask>();
  /** What is said to whom once a look is over. */
  readonly #wants = new Map<DemandNeighbour, number[]>();
  readonly #skips = new Map<DemandNeighbour, number[]>();

  has(piece: number): boolean {
    return this.#asks.has(piece);
  }

  get pieces(): Iterable<number> {
    return this.#asks.keys();
  }

  get size(): number {
    return this.#asks.size;
  }

  /** Who is waited for; undefined: nobody. */
  askedOf(piece: number): DemandNeighbour | undefined {
    return this.#asks.get(piece)?.neighbour;
  }

  /** How long nothing of the piece has come from who was asked for it. */
  silentMs(piece: number, nowMs: number): number | undefined {
    const ask = this.#asks.get(piece);
    return ask && nowMs - ask.heardMs;
  }

  /** Asks this neighbour, unless it may not be asked more now, and whoever was asked before no more. */
  ask(piece: number, neighbour: DemandNeighbour, bytes: number, nowMs: number): void {
    if (!neighbour.ask(piece, bytes, nowMs)) return;
    this.cancel(piece, nowMs);
    this.#asks.set(piece, { neighbour, heardMs: nowMs });
    put(this.#wants, neighbour, piece);
  }

  progress(piece: number, from: DemandNeighbour, nowMs: number): void {
    const ask = this.#asks.get(piece);
    if (ask?.neighbour === from) ask.heardMs = nowMs;
  }

  /** The piece is wanted no longer, or not from whom it was asked. */
  cancel(piece: number, nowMs: number): void {
    const ask = this.#asks.get(piece);
    if (ask === undefined) return;
    this.#asks.delete(piece);
    ask.neighbour.release(piece, nowMs);
    put(this.#skips, ask.neighbour, piece);
  }

  /** This peer will not bring it, and knows. */
  end(piece: number, peer: DemandNeighbour): void {
    if (this.#asks.get(piece)?.neighbour === peer) this.#asks.delete(piece);
  }

  /** This peer will bring nothing. */
  lost(neighbour: DemandNeighbour): void {
    for (const [piece, ask] of this.#asks) if (ask.neighbour === neighbour) this.#asks.delete(piece);
    this.#wants.delete(neighbour);
    this.#skips.delete(neighbour);
  }

  /** Says what has been decided. */
  send(): void {
    for (const [{ link }, pieces] of this.#skips) link.sendSkip(pieces);
    for (const [{ link }, pieces] of this.#wants) {
      for (let at = 0; at < pieces.length; at += MAX_LISTED_PIECES) {
        link.sendWant(pieces.slice(at, at + MAX_LISTED_PIECES));
      }
    }
    this.#skips.clear();
    this.#wants.clear();
  }
}

function put(lists: Map<DemandNeighbour, number[]>, neighbour: DemandNeighbour, piece: number): void {
  const pieces = lists.get(neighbour);
  if (pieces === undefined) lists.set(neighbour, [piece]);
  else pieces.push(piece);
}
