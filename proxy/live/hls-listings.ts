import type { Manifest } from "m3u8-parser";
import type { ListedSegment, Listing } from "./listing.ts";
import { newestLines } from "./newest-lines.ts";
import { parseHls } from "./parse-hls.ts";
import { type PlaylistPlace, segmentTarget } from "./segment-target.ts";

/** Parts of one segment; LL-HLS parts are a fraction of a second, so no segment has more. */
const PARTS_A_SEGMENT = 1_000;
/** Where a playlist says no target duration: the longest in common use. */
const DEFAULT_TARGET_S = 10;

/**
 * What a live HLS media playlist lists: its segments, and its LL-HLS parts as a rendition of their own, since a player takes one or the
 * other. Nothing for master playlists, films and what is no playlist. Never throws.
 */
export function hlsListings(text: string, place: PlaylistPlace): Listing[] {
  const lines = newestLines(text);
  const manifest = lines && parseHls(lines.text);
  if (lines === undefined || manifest === undefined || manifest.playlistType === "VOD") return [];
  const first = number(manifest.mediaSequence) + number(manifest.skip?.skippedSegments) + lines.skipped;
  const hasEnded = manifest.endList === true;
  const segments = manifest.segments.flatMap((segment, index) => listed(segment, first + index, place));
  const parts = partsOf(manifest).flatMap(({ part, segment, index }) =>
    listed(part, (first + segment) * PARTS_A_SEGMENT + index, place),
  );
  const listings: Listing[] = [
    { rendition: "", targetMs: milliseconds(manifest.targetDuration), hasEnded, segments },
    { rendition: "parts", targetMs: milliseconds(manifest.partTargetDuration), hasEnded, segments: parts },
  ];
  return listings.filter((listing) => listing.segments.length > 0);
}

type Listable = { readonly uri?: unknown; readonly byterange?: unknown; readonly duration?: unknown };

function partsOf(manifest: Manifest): { part: Listable; segment: number; index: number }[] {
  const holders = [...manifest.segments, ...(manifest.preloadSegment ? [manifest.preloadSegment] : [])];
  return holders.flatMap(({ parts = [] }, segment) =>
    parts.map(({ uri, byterange, duration }, index) => ({ part: { uri, byterange, duration }, segment, index })),
  );
}

function listed({ uri, byterange, duration }: Listable, order: number, place: PlaylistPlace): ListedSegment[] {
  if (typeof uri !== "string" || byterange !== undefined || !Number.isSafeInteger(order)) return [];
  const target = segmentTarget(uri, place);
  return target === undefined ? [] : [{ target, order, durationMs: milliseconds(duration) }];
}

function number(value: unknown): number {
  return typeof value === "number" && Number.isSafeInteger(value) ? value : 0;
}

function milliseconds(seconds: unknown): number {
  return 1_000 * (typeof seconds === "number" && seconds > 0 && seconds < 3_600 ? seconds : DEFAULT_TARGET_S);
}
