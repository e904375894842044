import { LRUCache } from "lru-cache";
import type { Clock } from "../../peer/clock.ts";
import type { NoteSwarm } from "../../protocol/note.ts";
import type { HeaderList } from "../header-list.ts";
import type { AnonymousCopy } from "../live/ask-as-stranger.ts";
import type { SeenPlaylist } from "../live/playlist-rule.ts";
import { isSameContent } from "../live/same-content.ts";
import { type SegmentRefusal, targetRefusal } from "../live/segment-refusal.ts";
import type { Site } from "../live/site.ts";
import type { DemandSwarms } from "./demand-swarms.ts";
import { RecordedListings } from "./recorded-listings.ts";
import { Recording, recordingKey } from "./recording.ts";
import { type SegmentCopy, segmentCopy } from "./segment-copy.ts";
import { SharedRendition } from "./shared-rendition.ts";

export interface RecordingsPorts {
  readonly clock: Clock;
  /** Beginnings of paths under which nothing is shared. */
  readonly privatePaths: readonly string[];
  readonly swarms: Pick<DemandSwarms, "begin" | "admit" | "reread" | "end">;
  /** Asks the app as a stranger; `late`: too much else is being asked for. Never rejects. */
  fetch(site: Site, target: string): Promise<AnonymousCopy | SegmentRefusal | "late">;
  onOutcome(outcome: SegmentRefusal | "full" | "late" | "shared"): void;
  /** A bug of ours that costs a recording its swarm. */
  onError(error: unknown): void;
}

/** Recordings remembered, and segments of them together. */
const MAX_RECORDINGS = 256;
const MAX_SEGMENTS = 100_000;

/** The recordings whose playlists viewers were given lately. */
export class Recordings {
  readonly #ports: RecordingsPorts;
  readonly #listings = new RecordedListings();
  readonly #known: LRUCache<string, Recording>;

  constructor(ports: RecordingsPorts) {
    this.#ports = ports;
    this.#known = new LRUCache({
      max: MAX_RECORDINGS,
      maxSize: MAX_SEGMENTS,
      sizeCalculation: ({ segments }) => segments.length,
      dispose: ({ shared }) => shared && ports.swarms.end(shared.swarm),
    });
  }

  onPlaylist(seen: SeenPlaylist): void {
    const { site, target } = seen;
    for (const listing of this.#listings.of(seen)) {
      if (this.#known.get(recordingKey(site, listing)) !== undefined) continue;
      const recording = new Recording(site, target.split("?", 1)[0] ?? "", listing);
      this.#known.set(recording.key, recording);
    }
  }

  /** The recording that lists this URL; one that is shared if there are several. */
  of(site: Site, target: string): Recording | undefined {
    let found: Recording | undefined;
    for (const recording of this.#known.values()) {
      if (recording.site.key !== site.key || recording.pageOf(target) === undefined) continue;
      if (recording.shared !== undefined && !recording.shared.swarm.isOver) return recording;
      found ??= recording;
    }
    return found;
  }

  /** Lets a viewer into the recording's swarm to whom the app has given this segment, with these headers, as it would a stranger. */
  admit(recording: Recording, target: string, headers: HeaderList, peer: number): NoteSwarm | undefined {
    const { clock, swarms } = this.#ports;
    // It is in use: others are forgotten first.
    this.#known.get(recording.key);
    const page = recording.pageOf(target);
    const { shared } = recording;
    if (page === undefined) return undefined;
    const nowMs = clock.nowMs();
    const mark = shared?.swarm.isOver === false ? shared.content.mark(page) : undefined;
    if (shared !== undefined && mark !== undefined && isSameContent(mark, headers)) {
      recording.admitted(peer, nowMs);
      return swarms.admit(shared.swarm, peer);
    }
    if (recording.isWorthAsking(peer, nowMs)) this.#ask(recording, page);
    return undefined;
  }

  #ask(recording: Recording, page: number): void {
    if (recording.isAsking) return;
    recording.isAsking = true;
    this.#judge(recording, page)
      .catch((error: unknown) => this.#ports.onError(error))
      .finally(() => {
        recording.isAsking = false;
      });
  }

  /** The segment, and the next one: the viewer's next request then brings it in. */
  async #judge(recording: Recording, page: number): Promise<void> {
    if (recording.shared?.swarm.isOver !== false) await this.#begin(recording);
    const { shared } = recording;
    if (shared === undefined) return;
    const { content, swarm } = shared;
    // What viewers were given is not what strangers were: it is read again, and must have the same bytes.
    if (content.mark(page) !== undefined && recording.mayDispute(page)) this.#ports.swarms.reread(swarm, page);
    await Promise.all([swarm.load(page), swarm.load(page + 1)]);
  }

  async #begin(recording: Recording): Promise<void> {
    const { swarms, onOutcome, clock } = this.#ports;
    const { key, site, path, rendition, segments } = recording;
    recording.shared = undefined;
    const [{ target } = { target: "" }] = segments;
    const first = await this.#copy(recording, target);
    if (first === undefined) return recording.rest(clock.nowMs());
    const content = new SharedRendition({
      site,
      path,
      rendition,
      key,
      segments,
      first,
      ask: (wanted) => this.#copy(recording, wanted),
    });
    const swarm = swarms.begin(content);
    recording.shared = swarm && { content, swarm };
    if (swarm !== undefined) return;
    recording.rest(clock.nowMs());
    onOutcome("full");
  }

  /** A stranger's copy of a segment, if it may be shared. */
  async #copy(recording: Recording, target: string): Promise<SegmentCopy | undefined> {
    const { privatePaths, fetch, clock, onOutcome } = this.#ports;
    const outcome = targetRefusal(privatePaths, target) ?? (await fetch(recording.site, target));
    const copy = typeof outcome === "string" ? undefined : await segmentCopy(outcome);
    if (outcome !== "late") recording.judged(copy !== undefined, clock.nowMs());
    onOutcome(typeof outcome === "string" ? outcome : copy === undefined ? "head" : "shared");
    return copy;
  }
}
