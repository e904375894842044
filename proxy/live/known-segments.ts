import { webcrypto } from "node:crypto";
import type { Clock } from "../../peer/clock.ts";
import type { HeaderList } from "../header-list.ts";
import type { AnonymousCopy } from "./ask-as-stranger.ts";
import { AskInTurn } from "./ask-in-turn.ts";
import type { ListedSegment } from "./listing.ts";
import type { LiveStream } from "./live-stream.ts";
import { type ContentMark, contentMark, isSameContent } from "./same-content.ts";
import { type SegmentRefusal, targetRefusal } from "./segment-refusal.ts";
import type { Site } from "./site.ts";

export interface SegmentPorts {
  readonly clock: Clock;
  /** Beginnings of paths under which nothing is shared. */
  readonly privatePaths: readonly string[];
  /** Asks the app as a stranger; never rejects. */
  fetch(site: Site, target: string): Promise<AnonymousCopy | SegmentRefusal>;
  /** A new segment of the stream that may be shared. */
  onShared(stream: LiveStream, segment: ListedSegment, copy: AnonymousCopy): void;
  onOutcome(outcome: SegmentOutcome): void;
  /** One of the above failed: a bug of ours that costs this segment its swarm. */
  onError(error: unknown): void;
}

/** What became of a segment: asked for and shared, the same as before, or why not. `late`: too many others were asked for. */
export type SegmentOutcome = SegmentRefusal | "late" | "same" | "shared";

interface KnownSegment {
  readonly stream: LiveStream;
  readonly listed: ListedSegment;
  listedMs: number;
  isAsking: boolean;
  /** How often viewers were given something else than strangers. */
  disputes: number;
  /** Of the shared copy. */
  mark: (ContentMark & { readonly hash: string }) | undefined;
}

/** Segments stay known this long after they were listed last: players are behind. */
const KEEP_MS = 30_000;
const ASKED_AT_ONCE = 4;
const MOST_WAITING = 32;
/** A segment that differs from viewer to viewer is not asked for each time. */
const MOST_DISPUTES = 2;

/** The segments of all live streams by their URL: each is asked for once when it is listed, whoever wants it. */
export class KnownSegments {
  readonly #ports: SegmentPorts;
  readonly #turn = new AskInTurn(ASKED_AT_ONCE, MOST_WAITING);
  readonly #segments = new Map<string, KnownSegment>();

  constructor(ports: SegmentPorts) {
    this.#ports = ports;
  }

  /** The stream whose playlist listed this URL. */
  streamOf(site: Site, target: string): LiveStream | undefined {
    return this.#segments.get(keyOf(site, target))?.stream;
  }

  /** The segment is (still) in its stream's playlist; `isNew`: for the first time, or anew. */
  listed(stream: LiveStream, listed: ListedSegment, isNew: boolean): void {
    const key = keyOf(stream.site, listed.target);
    let segment = this.#segments.get(key);
    const nowMs = this.#ports.clock.nowMs();
    if (segment !== undefined) segment.listedMs = nowMs;
    if (!isNew) return;
    if (segment === undefined || segment.stream.isOver) {
      segment = { stream, listed, listedMs: nowMs, isAsking: false, disputes: 0, mark: undefined };
      this.#segments.set(key, segment);
    }
    if (stream.isWorthAsking(nowMs)) this.#ask(segment);
  }

  /**
   * The stream of a shared segment whose content this answer of the app's to a viewer is. An answer with other content makes the
   * segment be asked for anew: the URL may stand for something else by now.
   */
  confirm(site: Site, target: string, headers: HeaderList): LiveStream | undefined {
    const segment = this.#segments.get(keyOf(site, target));
    if (segment?.mark === undefined || segment.stream.isOver) return undefined;
    if (isSameContent(segment.mark, headers)) return segment.stream;
    segment.disputes += 1;
    if (segment.disputes <= MOST_DISPUTES) this.#ask(segment);
    return undefined;
  }

  /** Forgets what has not been listed for half a minute. */
  sweep(): void {
    const beforeMs = this.#ports.clock.nowMs() - KEEP_MS;
    for (const [key, { listedMs }] of this.#segments) if (listedMs < beforeMs) this.#segments.delete(key);
  }

  #ask(segment: KnownSegment): void {
    if (segment.isAsking) return;
    segment.isAsking = true;
    this.#judge(segment).catch((error: unknown) => this.#ports.onError(error));
  }

  async #judge(segment: KnownSegment): Promise<void> {
    const { fetch, clock, privatePaths } = this.#ports;
    const { site } = segment.stream;
    const { target } = segment.listed;
    const outcome =
      targetRefusal(privatePaths, target) ??
      (await this.#turn.ask<AnonymousCopy | SegmentOutcome>(() => fetch(site, target), "late"));
    if (outcome !== "late") segment.stream.judged(typeof outcome !== "string", clock.nowMs());
    const hash = typeof outcome === "string" ? "" : await hashOf(outcome.body);
    segment.isAsking = false;
    if (typeof outcome === "string") this.#refused(segment, outcome);
    else this.#found(segment, outcome, hash);
  }

  #refused(segment: KnownSegment, why: SegmentOutcome): void {
    segment.mark = undefined;
    this.#ports.onOutcome(why);
  }

  #found(segment: KnownSegment, copy: AnonymousCopy, hash: string): void {
    const isSame = segment.mark?.hash === hash;
    segment.mark = { ...contentMark(copy.headers, copy.body.length), hash };
    if (!isSame && !segment.stream.isOver) this.#ports.onShared(segment.stream, segment.listed, copy);
    this.#ports.onOutcome(isSame ? "same" : "shared");
  }
}

/** Off the main thread, which a big segment would hold up. */
async function hashOf(body: Buffer): Promise<string> {
  return Buffer.from(await webcrypto.subtle.digest("SHA-256", body)).toString("base64");
}

function keyOf(site: Site, target: string): string {
  return `${site.key}\n${target}`;
}
