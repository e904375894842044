// The arithmetic of a live channel that repeats one minute for ever: everything follows from the wall clock, nothing is kept.

/**
 * When the channel went on the air; a whole minute. Not 1970, because hls.js counts through every discontinuity there ever was each
 * time it loads the playlist: thirty million take it 200 ms.
 */
const FIRST_MS = Date.parse("2026-01-01T00:00:00Z");
export const SEGMENT_MS = 2_000;
/** Segments in the loop: one minute, so that the seconds burnt into the picture are those of the wall clock. */
export const LOOP_SEGMENTS = 30;
/** Segments a playlist lists: players start three from the end and want some slack behind. */
export const WINDOW_SEGMENTS = 8;
/** Segments still served after they left the playlist, for a viewer who is late. */
export const GRACE_SEGMENTS = 22;

/** The newest segment that is complete; numbers are never reused. */
export function newestSegment(nowMs: number): number {
  return Math.floor((nowMs - FIRST_MS) / SEGMENT_MS) - 1;
}

/** Whether a viewer may fetch this segment now. */
export function isServed(segment: number, nowMs: number): boolean {
  const newest = newestSegment(nowMs);
  return segment <= newest && segment > newest - WINDOW_SEGMENTS - GRACE_SEGMENTS;
}

/** Which of the files of the loop holds this segment's bytes. */
export function loopIndex(segment: number): number {
  return segment % LOOP_SEGMENTS;
}

/** When this segment began, in milliseconds since 1970. */
export function segmentStartMs(segment: number): number {
  return FIRST_MS + segment * SEGMENT_MS;
}

/** The HLS playlist of this moment; `segments`: how many it lists. */
export function livePlaylist(nowMs: number, segments = WINDOW_SEGMENTS): string {
  const first = newestSegment(nowMs) - segments + 1;
  const lines = Array.from({ length: segments }, (_, i) => segmentLines(first + i)).flat();
  return `${[...headLines(first), ...lines].join("\n")}\n`;
}

function headLines(first: number): string[] {
  return [
    "#EXTM3U",
    "#EXT-X-VERSION:3",
    `#EXT-X-TARGETDURATION:${SEGMENT_MS / 1000}`,
    `#EXT-X-MEDIA-SEQUENCE:${first}`,
    // Counts the wraps that have left the window; one right at its start is still listed below.
    `#EXT-X-DISCONTINUITY-SEQUENCE:${Math.floor((first - 1) / LOOP_SEGMENTS)}`,
  ];
}

function segmentLines(segment: number): string[] {
  return [
    ...(loopIndex(segment) === 0 ? ["#EXT-X-DISCONTINUITY"] : []),
    `#EXT-X-PROGRAM-DATE-TIME:${new Date(segmentStartMs(segment)).toISOString()}`,
    `#EXTINF:${(SEGMENT_MS / 1000).toFixed(3)},`,
    `segment-${segment}.ts`,
  ];
}
