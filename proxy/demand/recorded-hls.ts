import { newestLines } from "../live/newest-lines.ts";
import { parseHls } from "../live/parse-hls.ts";
import { type PlaylistPlace, segmentTarget } from "../live/segment-target.ts";
import { MAX_RECORDED_SEGMENTS, type RecordedListing, recordedListing } from "./recorded-listing.ts";

/**
 * What an HLS media playlist lists that has ended. Nothing for master playlists, live streams, what is no playlist, and one of too many
 * segments. Never throws.
 */
export function recordedHls(text: string, place: PlaylistPlace): RecordedListing[] {
  const lines = newestLines(text, MAX_RECORDED_SEGMENTS);
  if (lines === undefined || lines.skipped > 0) return [];
  const playlist = parseHls(lines.text);
  if (playlist === undefined || !(playlist.endList === true || playlist.playlistType === "VOD")) return [];
  const segments = playlist.segments.flatMap(({ uri, byterange, duration }) => {
    const target = typeof uri === "string" && byterange === undefined ? segmentTarget(uri, place) : undefined;
    return target === undefined ? [] : [{ target, durationMs: milliseconds(duration) }];
  });
  return recordedListing("", segments);
}

/** Zero where it is not said: the segment then tells nothing of the rate. */
function milliseconds(seconds: unknown): number {
  return typeof seconds === "number" && seconds > 0 && seconds < 3_600 ? 1_000 * seconds : 0;
}
