import { createHash } from "node:crypto";
import type { Site } from "../live/site.ts";
import type { DemandSwarm } from "./demand-swarm.ts";
import type { RecordedListing, RecordedSegment } from "./recorded-listing.ts";
import type { SharedRendition } from "./shared-rendition.ts";

/** Segments refused to strangers on end after which a recording is taken not to be public. */
const MOST_REFUSALS = 3;
/** How long it is believed to stay so. */
const REST_MS = 300_000;
/** A viewer with a ticket younger than this gets along with it: what it asks for need not be judged. */
const FRESH_TICKET_MS = 300_000;
const MAX_VIEWERS = 1_000;
/** How often a segment is read again because a viewer was given another one than strangers. */
const MOST_DISPUTES = 2;

/** One rendition of a recording that a playlist listed, whether it may be shared or not. */
export class Recording {
  /** See {@link recordingKey}. */
  readonly key: string;
  readonly site: Site;
  /** The playlist's path, without its query. */
  readonly path: string;
  readonly rendition: string;
  readonly segments: readonly RecordedSegment[];
  /** Its swarm, once its first segment was judged. */
  shared: { readonly content: SharedRendition; readonly swarm: DemandSwarm } | undefined;
  isAsking = false;
  readonly #pages: ReadonlyMap<string, number>;
  /** When viewers were let in, the oldest first. */
  readonly #admittedMs = new Map<number, number>();
  readonly #disputes = new Map<number, number>();
  #refusals = 0;
  #restsUntilMs = Number.NEGATIVE_INFINITY;

  constructor(site: Site, path: string, listing: RecordedListing) {
    const { rendition, segments } = listing;
    this.key = recordingKey(site, listing);
    this.site = site;
    this.path = path;
    this.rendition = rendition;
    this.segments = segments;
    this.#pages = new Map(segments.map(({ target }, index) => [target, index + 1]));
  }

  /** The page that is this segment; page 0 is the index. */
  pageOf(target: string): number | undefined {
    return this.#pages.get(target);
  }

  admitted(peer: number, nowMs: number): void {
    this.#admittedMs.delete(peer);
    this.#admittedMs.set(peer, nowMs);
    const [oldest] = this.#admittedMs.keys();
    if (this.#admittedMs.size > MAX_VIEWERS && oldest !== undefined) this.#admittedMs.delete(oldest);
  }

  /** Whether a stranger should be asked for because of this viewer. */
  isWorthAsking(peer: number, nowMs: number): boolean {
    const admittedMs = this.#admittedMs.get(peer) ?? Number.NEGATIVE_INFINITY;
    return nowMs >= this.#restsUntilMs && nowMs - admittedMs >= FRESH_TICKET_MS;
  }

  /** Whether to read this page again, since a viewer was given something else; it counts. */
  mayDispute(page: number): boolean {
    const disputes = 1 + (this.#disputes.get(page) ?? 0);
    this.#disputes.set(page, disputes);
    return disputes <= MOST_DISPUTES;
  }

  judged(isShared: boolean, nowMs: number): void {
    this.#refusals = isShared ? 0 : this.#refusals + 1;
    if (this.#refusals >= MOST_REFUSALS) this.rest(nowMs);
  }

  /** Nothing of it is asked for during a while. */
  rest(nowMs: number): void {
    this.#refusals = 0;
    this.#restsUntilMs = nowMs + REST_MS;
  }
}

/** Tells recordings apart by what they list: viewers may have playlist URLs of their own that list the same segments. */
export function recordingKey(site: Site, { rendition, segments }: RecordedListing): string {
  const hash = createHash("sha256").update([site.key, rendition].join("\n"));
  for (const { target } of segments) hash.update("\n").update(target);
  return hash.digest("base64url");
}
