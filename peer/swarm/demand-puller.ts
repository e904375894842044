import type { Clock } from "../clock.ts";
import type { DemandAsks } from "./demand-asks.ts";
import type { DemandChoice, Urgency } from "./demand-choice.ts";
import type { DemandNeighbour } from "./demand-neighbour.ts";
import type { DemandPages } from "./demand-pages.ts";
import type { ReadingWindow } from "./reading-window.ts";

// The rules and their numbers were found by simulation (testing/demand-sim.test.ts repeats it).

/** Near its reader a piece of which nothing came for this long is asked for elsewhere. */
const PATIENCE_MS = 600;
/** What others hold but cannot send is asked of the origin after this, if it is near a reader: next to it sooner. */
const NEXT_HEDGE_MS = 400;
const HEDGE_MS = 900;
/** So many pieces are next to a reader. */
const NEXT_PIECES = 2;
/** A peer that owes something and sends nothing for this long is asked no more; the origin may have to read a page first. */
const SILENT_MS = 600;
const ORIGIN_SILENT_MS = 3_000;

export interface DemandPullerPorts {
  readonly clock: Clock;
  readonly random: () => number;
  readonly pages: DemandPages;
  readonly neighbours: ReadonlyMap<number, DemandNeighbour>;
  readonly asks: DemandAsks;
  readonly choice: DemandChoice;
  /** Whether the piece is here, or will be without being asked for. */
  readonly isHere: (piece: number) => boolean;
  /** Ahead of those who read. */
  readonly windows: () => readonly ReadingWindow[];
  /** Pieces wanted by themselves. */
  readonly singles: () => Iterable<number>;
  /** The peer let us down. */
  readonly onMissed: (peer: number) => void;
}

interface NearPiece {
  /** Since when it is near. */
  readonly sinceMs: number;
  /** Since when it could be asked of nobody. */
  readonly idleMs: number;
}

/** Decides which missing pieces are asked for, and of whom (docs/decisions/0008). */
export class DemandPuller {
  readonly #ports: DemandPullerPorts;
  /** Near pieces that are not here. */
  #near = new Map<number, NearPiece>();

  constructor(ports: DemandPullerPorts) {
    this.#ports = ports;
  }

  /** Asks for everything that is due now. Returns after how long something near may be late; undefined: nothing is waited for. */
  pass(): number | undefined {
    const { clock, windows, asks } = this.#ports;
    const nowMs = clock.nowMs();
    const fetched = windows();
    const near = this.#nearPieces(fetched);
    this.#leaveOthers(fetched, near, nowMs);
    this.#blameSilent(nowMs);
    const before = this.#near;
    this.#near = new Map();
    for (const piece of near) {
      const { sinceMs, idleMs } = before.get(piece) ?? { sinceMs: nowMs, idleMs: nowMs };
      const urgency = this.#near.size < NEXT_PIECES * Math.max(1, fetched.length) ? "next" : "near";
      const isAsked = this.#askNear(piece, { sinceMs, idleMs }, urgency, nowMs);
      this.#near.set(piece, { sinceMs, idleMs: isAsked ? nowMs : idleMs });
    }
    this.#askAhead(fetched, nowMs);
    asks.send();
    return this.#nextLate(nowMs);
  }

  /** A millisecond at least: a clock's fractions must not make it look again and again. */
  #nextLate(nowMs: number): number | undefined {
    let nextMs: number | undefined;
    for (const piece of this.#near.keys()) {
      const leftMs = PATIENCE_MS - (this.#ports.asks.silentMs(piece, nowMs) ?? PATIENCE_MS);
      if (leftMs > 0 && leftMs < (nextMs ?? PATIENCE_MS + 1)) nextMs = leftMs;
    }
    return nextMs && Math.max(1, nextMs);
  }

  /** What is fetched in order: single pieces first, then what each reader is near, in turn. */
  #nearPieces(windows: readonly ReadingWindow[]): Set<number> {
    const near = new Set<number>();
    for (const piece of this.#ports.singles()) this.#want(piece, near);
    const at = windows.map(({ piece }) => piece);
    for (let turns = true; turns; ) {
      turns = false;
      for (const [index, { nearEnd }] of windows.entries()) {
        const piece = at[index] ?? nearEnd;
        if (piece >= nearEnd) continue;
        turns = true;
        this.#want(piece, near);
        at[index] = this.#ports.pages.after(piece);
      }
    }
    return near;
  }

  /** Of a page that nobody knows anything of, its first piece is wanted. */
  #want(piece: number, wanted: Set<number>): void {
    const { pages, isHere, choice } = this.#ports;
    if (isHere(piece) || piece >= pages.endPiece) return;
    if (pages.isSure(piece) || (pages.of(pages.pageOf(piece)) === undefined && choice.holders(piece) > 0)) {
      wanted.add(piece);
      return;
    }
    const first = pages.firstOf(pages.pageOf(piece));
    if (pages.isSure(first) && !isHere(first)) wanted.add(first);
  }

  /** What no reader is going to read any more is not waited for. */
  #leaveOthers(windows: readonly ReadingWindow[], near: ReadonlySet<number>, nowMs: number): void {
    const { asks, pages } = this.#ports;
    for (const piece of [...asks.pieces]) {
      const page = pages.pageOf(piece);
      const isWanted = windows.some(
        (window) => piece < window.endPiece && (piece >= window.piece || page === pages.pageOf(window.piece)),
      );
      if (isWanted || near.has(piece)) continue;
      asks.askedOf(piece)?.relieve();
      asks.cancel(piece, nowMs);
    }
  }

  #blameSilent(nowMs: number): void {
    const { neighbours, asks, onMissed } = this.#ports;
    for (const neighbour of neighbours.values()) {
      const silentMs = neighbour.isOrigin ? ORIGIN_SILENT_MS : SILENT_MS;
      if (neighbour.silentMs(nowMs) < silentMs) continue;
      for (const piece of neighbour.asked.keys()) asks.cancel(piece, nowMs);
      neighbour.fail(nowMs);
      onMissed(neighbour.peer);
    }
  }

  /** Whether somebody is asked for it now. */
  #askNear(piece: number, { sinceMs, idleMs }: NearPiece, urgency: Urgency, nowMs: number): boolean {
    const { asks, choice } = this.#ports;
    const asked = asks.askedOf(piece);
    if (asked !== undefined && (asks.silentMs(piece, nowMs) ?? 0) < PATIENCE_MS) return true;
    // Nobody who has it sends anything: then it is no use waiting for their turn.
    const isForsaken = nowMs - sinceMs >= NEXT_HEDGE_MS && !choice.hasWilling(piece);
    const viewer = isForsaken ? undefined : choice.viewer(piece, urgency, nowMs, asked);
    const hedgeMs = urgency === "next" ? NEXT_HEDGE_MS : HEDGE_MS;
    const isLate = asked !== undefined || isForsaken || nowMs - idleMs >= hedgeMs;
    const mayAskOrigin = asked?.isOrigin !== true && (isLate || choice.holders(piece) === 0);
    const neighbour = viewer ?? (mayAskOrigin ? choice.origin(piece, urgency, nowMs) : undefined);
    if (neighbour !== undefined) this.#ask(piece, neighbour, nowMs);
    return neighbour !== undefined || asked !== undefined;
  }

  /** What viewers hold is asked of them, the rarest first; what nobody holds of the origin, each viewer in its own order. */
  #askAhead(windows: readonly ReadingWindow[], nowMs: number): void {
    const { choice, random } = this.#ports;
    const held: { piece: number; rarity: number }[] = [];
    const unheld: number[] = [];
    for (const piece of this.#missingAhead(windows)) {
      const holders = choice.holders(piece);
      if (holders > 0) held.push({ piece, rarity: holders + random() });
      else unheld.push(piece);
    }
    held.sort((a, b) => a.rarity - b.rarity);
    for (const { piece } of held) {
      const viewer = choice.viewer(piece, "ahead", nowMs);
      if (viewer !== undefined) this.#ask(piece, viewer, nowMs);
    }
    if (choice.hasViewers) shuffle(unheld, random);
    for (const piece of unheld) {
      // A viewer that was silent is tried again: one ask at a time.
      const mayAskOrigin = windows.some((window) => piece >= window.piece && piece < window.originEnd);
      const origin = mayAskOrigin ? choice.origin(piece, "ahead", nowMs) : undefined;
      const neighbour = choice.viewer(piece, "ahead", nowMs) ?? origin;
      if (neighbour !== undefined) this.#ask(piece, neighbour, nowMs);
    }
  }

  #missingAhead(windows: readonly ReadingWindow[]): Set<number> {
    const { asks, pages } = this.#ports;
    const missing = new Set<number>();
    for (const { nearEnd, endPiece } of windows) {
      for (let piece = nearEnd; piece < endPiece; piece = pages.after(piece)) this.#want(piece, missing);
    }
    for (const piece of missing) if (asks.has(piece) || this.#near.has(piece)) missing.delete(piece);
    return missing;
  }

  #ask(piece: number, neighbour: DemandNeighbour, nowMs: number): void {
    this.#ports.asks.ask(piece, neighbour, this.#ports.pages.lengthBytes(piece), nowMs);
  }
}

function shuffle(pieces: number[], random: () => number): void {
  for (let at = pieces.length - 1; at > 0; at -= 1) {
    const other = Math.floor(random() * (at + 1));
    [pieces[at], pieces[other]] = [pieces[other] ?? 0, pieces[at] ?? 0];
  }
}
