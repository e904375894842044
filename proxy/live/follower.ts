import type { HeaderList } from "../header-list.ts";
import { KnownSegments, type SegmentPorts } from "./known-segments.ts";
import type { Listing } from "./listing.ts";
import { LiveStream } from "./live-stream.ts";
import { PlaylistListings } from "./playlist-listings.ts";
import type { SeenPlaylist } from "./playlist-rule.ts";
import type { Site } from "./site.ts";

export interface FollowerPorts extends SegmentPorts {
  /** Milliseconds since 1970, by which numbered DASH segments are counted. */
  wallMs(): number;
  /** The stream is over, or nobody asks for it any more. */
  onEnd(stream: LiveStream): void;
}

/** Renditions followed at once; each costs the app its bytes once more. */
const MAX_STREAMS = 64;
/** Playlists of one path that differ by their query: more of them are not renditions but one for each viewer. */
const MAX_STREAMS_OF_PATH = 8;
const SWEEP_MS = 5_000;

/** Follows live streams by the playlists that viewers are given. It asks for no playlist itself: without viewers nothing happens. */
export class Follower {
  readonly #ports: FollowerPorts;
  readonly #segments: KnownSegments;
  readonly #listings = new PlaylistListings();
  readonly #streams = new Map<string, LiveStream>();
  #cancelSweep: (() => void) | undefined;

  constructor(ports: FollowerPorts) {
    this.#ports = ports;
    this.#segments = new KnownSegments(ports);
  }

  onPlaylist(seen: SeenPlaylist): void {
    const listings = this.#listings.of(seen, this.#ports.wallMs());
    for (const listing of listings) this.#look(seen.site, seen.target, listing);
    if (this.#streams.size > 0) this.#sweepLater();
  }

  /** The stream of a shared segment whose content the app's answer to a viewer (a 200) is. */
  confirm(site: Site, target: string, headers: HeaderList): LiveStream | undefined {
    return this.#segments.confirm(site, target, headers);
  }

  /** Whether this URL is a segment of a stream that is followed. */
  follows(site: Site, target: string): boolean {
    return this.#segments.streamOf(site, target)?.isOver === false;
  }

  streams(): readonly LiveStream[] {
    return [...this.#streams.values()];
  }

  close(): void {
    this.#cancelSweep?.();
    this.#streams.clear();
  }

  #look(site: Site, target: string, listing: Listing): void {
    const stream = this.#streamOf(site, target, listing);
    if (stream === undefined) return;
    const fresh = new Set(stream.news(listing, this.#ports.clock.nowMs()).map((segment) => segment.target));
    for (const segment of listing.segments) this.#segments.listed(stream, segment, fresh.has(segment.target));
  }

  /** Viewers may have playlist URLs of their own that list the same segments: that is one stream. */
  #streamOf(site: Site, target: string, { rendition, segments, hasEnded }: Listing): LiveStream | undefined {
    const key = [site.key, playlistKey(target), rendition].join("\n");
    const known = this.#streams.get(key) ?? this.#listerOf(site, segments, rendition);
    if (known !== undefined || hasEnded) return known;
    const path = pathOf(target);
    const others = this.streams().filter((stream) => isOf(stream, site, path, rendition));
    if (this.#streams.size >= MAX_STREAMS || others.length >= MAX_STREAMS_OF_PATH) return undefined;
    const stream = new LiveStream(site, path, rendition);
    this.#streams.set(key, stream);
    return stream;
  }

  #listerOf(site: Site, segments: Listing["segments"], rendition: string): LiveStream | undefined {
    for (const { target } of segments) {
      const stream = this.#segments.streamOf(site, target);
      if (stream?.rendition === rendition && !stream.isOver) return stream;
    }
    return undefined;
  }

  #sweepLater(): void {
    this.#cancelSweep ??= this.#ports.clock.after(SWEEP_MS, () => {
      this.#cancelSweep = undefined;
      this.#sweep();
      if (this.#streams.size > 0) this.#sweepLater();
    });
  }

  #sweep(): void {
    const nowMs = this.#ports.clock.nowMs();
    for (const [key, stream] of this.#streams) {
      if (!stream.isIdle(nowMs)) continue;
      this.#streams.delete(key);
      stream.isOver = true;
      this.#ports.onEnd(stream);
    }
    this.#segments.sweep();
  }
}

function isOf(stream: LiveStream, site: Site, path: string, rendition: string): boolean {
  return stream.site.key === site.key && stream.path === path && stream.rendition === rendition;
}

/** LL-HLS players name the part they wait for in the query of one and the same playlist. */
function playlistKey(target: string): string {
  const [path = "", query = ""] = target.split(/\?(.*)/s, 2);
  const kept = query.split("&").filter((part) => part !== "" && !part.startsWith("_HLS_"));
  return [path, ...kept].join("?");
}

function pathOf(target: string): string {
  return target.split("?", 1)[0] ?? "";
}
