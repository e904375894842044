import type { RepresentationInfo } from "mpd-parser";

/** More segments of one representation than any player's window holds: an hour of 1 s segments is 3,600. */
const MAX_SEGMENTS = 10_000;
/** Segments shorter than this are no segments but a slip of the pen that would make millions of them. */
const MIN_SEGMENT_S = 0.1;

/**
 * Whether this representation's segments can be written out one by one: one line of a manifest may stand for a billion of them, which the
 * parser would make.
 */
export function isCountable({ attributes, segmentInfo }: RepresentationInfo): boolean {
  const { template, segmentTimeline } = segmentInfo;
  if (template === undefined) return true;
  const timescale = template.timescale ?? 1;
  if (segmentTimeline === undefined) return (template.duration ?? 0) / timescale >= MIN_SEGMENT_S;
  const startS = numberOf(attributes.availabilityStartTime) + numberOf(attributes.periodStart);
  const sinceStartS = numberOf(attributes.NOW) / 1_000 + numberOf(attributes.minimumUpdatePeriod) - startS;
  let count = 0;
  let time = 0;
  for (const [index, { t, d, r = 0 }] of segmentTimeline.entries()) {
    time = t ?? time;
    if (d === undefined || d / timescale < MIN_SEGMENT_S) return false;
    // Negative: until the next line's time, or until now.
    const untilTime = segmentTimeline[index + 1]?.t ?? sinceStartS * timescale;
    const repeats = r >= 0 ? r + 1 : Math.max(0, Math.ceil((untilTime - time) / d));
    count += repeats;
    time += repeats * d;
    if (!(count <= MAX_SEGMENTS)) return false;
  }
  return true;
}

function numberOf(value: unknown): number {
  return typeof value === "number" ? value : 0;
}
