import type { Holdings } from "./holdings.ts";
import type { Neighbour } from "./neighbour.ts";
import type { Part } from "./part.ts";

/** Pieces remembered of those a peer is about to send: it sends them in order, or nearly. */
const MOST_OWED = 4;

/** Pieces this neighbour is about to send us, by what it announced and was asked for: it is busy until the next of them comes. */
export function owedBy(
  neighbour: Neighbour | undefined,
  part: Part,
  holdings: Holdings,
  nowMs: number,
): ReadonlySet<number> | undefined {
  if (neighbour === undefined) return undefined;
  const owed = new Set<number>();
  // What was asked for less than a round trip ago it may not know of yet.
  const heardMs = nowMs - (neighbour.link.rttMs() ?? Number.POSITIVE_INFINITY);
  for (const [piece, askedMs] of neighbour.asked) if (askedMs <= heardMs) owed.add(piece);
  for (const segment of holdings.wanted()) {
    for (let piece = segment.firstPiece; piece < segment.endPiece; piece += 1) {
      if (segment.piece(piece) !== undefined || !neighbour.announced.has(piece)) continue;
      if (part.parents(part.stripeOf(piece)).has(neighbour.peer)) owed.add(piece);
      if (owed.size >= MOST_OWED) return owed;
    }
  }
  return owed;
}
