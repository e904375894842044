import type { ListedSegment, Listing } from "./listing.ts";
import type { Site } from "./site.ts";

/** Segments taken at the first sight of a stream: players start about three behind the newest. */
const FIRST_SEGMENTS = 4;
/** And at any later one: a look that shows more than these has missed most of them anyway. */
const MOST_NEW_SEGMENTS = 8;
/** A stream whose segments strangers are refused this many times on end is not public. */
const MOST_REFUSALS = 3;
/** How long it is believed to stay so. */
const REST_MS = 60_000;
/** A stream nobody has asked for is kept this long at least: a player that pauses comes back. */
const LEAST_KEEP_MS = 30_000;

interface Seen {
  readonly order: number;
  readonly look: number;
  readonly atMs: number;
}

/** One rendition of a live stream: what was listed of it so far, and whether it is worth asking for. */
export class LiveStream {
  readonly site: Site;
  /** The playlist's path, without its query. */
  readonly path: string;
  readonly rendition: string;
  /** Nobody follows it any more. */
  isOver = false;
  #targetMs = 0;
  #look = 0;
  #lookMs = 0;
  #hasEnded = false;
  #seen = new Map<string, Seen>();
  #refusals = 0;
  #restsUntilMs = Number.NEGATIVE_INFINITY;

  constructor(site: Site, path: string, rendition: string) {
    this.site = site;
    this.path = path;
    this.rendition = rendition;
  }

  /** Nobody has asked for its playlist for three segments' time, or not since it ended. */
  isIdle(nowMs: number): boolean {
    return nowMs - this.#lookMs > Math.max(LEAST_KEEP_MS, 3 * this.#targetMs);
  }

  /** Takes a look at its playlist; answers what is new since the last one, oldest first. */
  news({ segments, targetMs, hasEnded }: Listing, nowMs: number): ListedSegment[] {
    if (!hasEnded || !this.#hasEnded) this.#lookMs = nowMs;
    this.#hasEnded = hasEnded;
    this.#targetMs = targetMs;
    this.#look += 1;
    const found = segments.filter((segment) => !this.#knows(segment, nowMs));
    for (const { target, order } of segments) this.#seen.set(target, { order, look: this.#look, atMs: nowMs });
    this.#forget(nowMs);
    return found.slice(this.#look === 1 ? -FIRST_SEGMENTS : -MOST_NEW_SEGMENTS);
  }

  /** Whether to ask for its segments now: false for a while after strangers were refused several on end. */
  isWorthAsking(nowMs: number): boolean {
    return nowMs >= this.#restsUntilMs;
  }

  judged(isShared: boolean, nowMs: number): void {
    this.#refusals = isShared ? 0 : this.#refusals + 1;
    if (this.#refusals < MOST_REFUSALS) return;
    this.#refusals = 0;
    this.#restsUntilMs = nowMs + REST_MS;
  }

  /** A URL that was gone from the playlist and comes again, or comes with another number, stands for something new. */
  #knows({ target, order }: ListedSegment, nowMs: number): boolean {
    const seen = this.#seen.get(target);
    return seen !== undefined && seen.order === order && this.#isFresh(seen, nowMs);
  }

  /** Listed the last time, or so lately that this look may be an older one come late. */
  #isFresh({ look, atMs }: Seen, nowMs: number): boolean {
    return look >= this.#look - 1 || nowMs - atMs <= this.#targetMs;
  }

  #forget(nowMs: number): void {
    for (const [target, seen] of this.#seen) if (!this.#isFresh(seen, nowMs)) this.#seen.delete(target);
  }
}
