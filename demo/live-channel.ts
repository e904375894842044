import path from "node:path";
import { Readable } from "node:stream";
import { isServed, livePlaylist, loopIndex, SEGMENT_MS, segmentStartMs } from "./live-playlist.ts";
import type { Resource } from "./resource.ts";
import { openFile } from "./site-files.ts";

/** What the live channel has under this name now: the playlist, or one of its segments. `nowMs` counts from 1970. */
export async function findLive(folder: string, name: string, nowMs: number): Promise<Resource | undefined> {
  if (name === "live.m3u8") return playlist(nowMs);
  const segment = Number(/^segment-(\d{1,12})\.ts$/.exec(name)?.[1] ?? Number.NaN);
  if (Number.isNaN(segment) || !isServed(segment, nowMs)) return undefined;
  const file = await openFile(path.join(folder, `card-${String(loopIndex(segment)).padStart(2, "0")}.mpegts`));
  return (
    file && {
      ...file,
      type: "video/mp2t",
      etag: `"live-${segment.toString(16)}"`,
      modified: new Date(segmentStartMs(segment) + SEGMENT_MS),
      // Its URL is never used again, but nobody will ask for it after the minute is over.
      cacheControl: "public, max-age=60",
    }
  );
}

function playlist(nowMs: number): Resource {
  const text = Buffer.from(livePlaylist(nowMs));
  return {
    type: "application/vnd.apple.mpegurl",
    sizeBytes: text.length,
    etag: `"live-list-${Math.floor(nowMs / SEGMENT_MS).toString(16)}"`,
    modified: new Date(Math.floor(nowMs / SEGMENT_MS) * SEGMENT_MS),
    cacheControl: "no-cache, no-store, must-revalidate",
    open: (start, end) => Readable.from([text.subarray(start, end)], { objectMode: false }),
  };
}
