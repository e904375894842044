import { type Playlist, type RepresentationInfo, toPlaylists } from "mpd-parser";
import { representations } from "../live/parse-mpd.ts";
import { type PlaylistPlace, segmentTarget } from "../live/segment-target.ts";
import { recordedSegmentCount } from "./recorded-dash-count.ts";
import { MAX_RECORDED_SEGMENTS, type RecordedListing, recordedListing } from "./recorded-listing.ts";

/**
 * What a static DASH manifest lists, one listing for each representation that is made of segments; one that is a single file is a file's
 * ranges. Nothing for live streams, what is no manifest, and once its segments are too many to count out. Never throws.
 */
export function recordedDash(text: string, place: PlaylistPlace): RecordedListing[] {
  try {
    const recorded = representations(text, place, 0).filter(
      ({ attributes, segmentInfo }) =>
        attributes.type === "static" && (segmentInfo.template !== undefined || segmentInfo.list !== undefined),
    );
    return toPlaylists(countable(recorded)).flatMap((playlist) => listing(playlist, place));
  } catch {
    return [];
  }
}

/** The first representations that are not too many segments together. */
function countable(representations: readonly RepresentationInfo[]): RepresentationInfo[] {
  let count = 0;
  return representations.filter((info) => {
    const more = recordedSegmentCount(info);
    if (!(count + more <= MAX_RECORDED_SEGMENTS)) return false;
    count += more;
    return true;
  });
}

function listing({ attributes, segments }: Playlist, place: PlaylistPlace): RecordedListing[] {
  const listed = segments.flatMap(({ uri, resolvedUri, byterange, duration = 0 }) => {
    const target = uri && byterange === undefined ? segmentTarget(resolvedUri ?? uri, place) : undefined;
    return target === undefined
      ? []
      : [{ target, durationMs: duration > 0 && duration < 3_600 ? 1_000 * duration : 0 }];
  });
  return recordedListing(String(attributes.id), listed);
}
