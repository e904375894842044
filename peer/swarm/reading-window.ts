import type { DemandPages } from "./demand-pages.ts";
import type { Reading } from "./readers.ts";

/** What a reader needs next: fetched in order, and asked for elsewhere when it is late. */
const NEAR_BYTES = 2 * 1_048_576;
const NEAR_PIECES = 4;
/** What is fetched ahead of it in all: a minute of a common film. Twice that for who said that it goes on so far. */
const AHEAD_BYTES = 16 * 1_048_576;
const FAR_AHEAD_BYTES = 32 * 1_048_576;
/** Beyond that, unless the reader said that it goes there, the origin is asked for nothing: it may never be read, or others bring it. */
const ORIGIN_AHEAD_BYTES = 4 * 1_048_576;
/** However small pieces are. */
const MOST_PIECES = 2_048;

/**
 * The pieces ahead of a reader: near ones from `piece` to `nearEnd`, others from there to `endPiece`; the origin is asked up to `originEnd`.
 * All ends are exclusive.
 */
export interface ReadingWindow {
  readonly piece: number;
  readonly nearEnd: number;
  readonly originEnd: number;
  readonly endPiece: number;
}

/** `maxBytes`: how much there is room for; what is near is fetched whatever it says. */
export function readingWindow(pages: DemandPages, reading: Reading, maxBytes: number): ReadingWindow {
  let aheadBytes = 0;
  let nearEnd = reading.piece;
  let originEnd = reading.piece;
  let at = reading.piece;
  for (let count = 0; count < MOST_PIECES && at < pages.endPiece; count += 1) {
    const isNear = aheadBytes < NEAR_BYTES || count < NEAR_PIECES;
    const mostBytes = Math.min(maxBytes, at < reading.endPiece ? FAR_AHEAD_BYTES : AHEAD_BYTES);
    if (!isNear && aheadBytes >= mostBytes) break;
    const isForOrigin = isNear || at < reading.endPiece || aheadBytes < ORIGIN_AHEAD_BYTES;
    aheadBytes += pages.weightBytes(at);
    at = pages.after(at);
    if (isNear) nearEnd = at;
    if (isForOrigin) originEnd = at;
  }
  return { piece: reading.piece, nearEnd, originEnd, endPiece: at };
}
