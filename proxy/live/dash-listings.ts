import { type Playlist, type RepresentationInfo, toPlaylists } from "mpd-parser";
import { segmentCount } from "./dash-segment-count.ts";
import type { ListedSegment, Listing } from "./listing.ts";
import { representations } from "./parse-mpd.ts";
import { type PlaylistPlace, segmentTarget } from "./segment-target.ts";

/** How far back segments are counted out where only their length is given: live players stay closer. */
const WINDOW_S = 60;
/** Segments of all representations together: ten of them, with an hour of 4 s segments each, are 9,000. */
const MAX_SEGMENTS = 10_000;
/** Where a representation says no duration: the longest in common use. */
const DEFAULT_TARGET_S = 10;

/**
 * What a live DASH manifest lists at `nowMs` (since 1970), one listing for each representation. Nothing for films, for what is no
 * manifest, and for one whose segments would be too many to count out. Never throws.
 */
export function dashListings(text: string, place: PlaylistPlace, nowMs: number): Listing[] {
  // A manifest that is over says "static": its segments are a film's then.
  try {
    const representationInfo = representations(text, place, nowMs);
    const isLive = representationInfo.some(({ attributes }) => attributes.type === "dynamic");
    if (!isLive) return representationInfo.map((info) => ended(info));
    return toPlaylists(countable(representationInfo).map(shortened)).map((playlist) => listing(playlist, place));
  } catch {
    return [];
  }
}

function ended({ attributes }: RepresentationInfo): Listing {
  return { rendition: String(attributes.id), targetMs: 1_000 * DEFAULT_TARGET_S, hasEnded: true, segments: [] };
}

/** The first representations that are not too many segments together. */
function countable(representations: readonly RepresentationInfo[]): RepresentationInfo[] {
  let count = 0;
  return representations.filter((info) => {
    const more = segmentCount(info, WINDOW_S);
    if (!(count + more <= MAX_SEGMENTS)) return false;
    count += more;
    return true;
  });
}

function shortened(info: RepresentationInfo): RepresentationInfo {
  const depthS = Math.min(Number(info.attributes.timeShiftBufferDepth ?? WINDOW_S), WINDOW_S);
  return { ...info, attributes: { ...info.attributes, timeShiftBufferDepth: depthS } };
}

function listing({ attributes, segments }: Playlist, place: PlaylistPlace): Listing {
  return {
    rendition: String(attributes.id),
    targetMs: milliseconds(attributes.duration),
    hasEnded: false,
    segments: segments.flatMap((segment) => listed(segment, place)),
  };
}

function listed(segment: Playlist["segments"][number], place: PlaylistPlace): ListedSegment[] {
  const order = Math.round(1_000 * (segment.presentationTime ?? Number.NaN));
  if (!segment.uri || segment.byterange !== undefined || !Number.isSafeInteger(order)) return [];
  const target = segmentTarget(segment.resolvedUri ?? segment.uri, place);
  return target === undefined ? [] : [{ target, order, durationMs: milliseconds(segment.duration) }];
}

function milliseconds(seconds: unknown): number {
  return 1_000 * (typeof seconds === "number" && seconds > 0 && seconds < 3_600 ? seconds : DEFAULT_TARGET_S);
}
