import type { RepresentationInfo } from "mpd-parser";

/** Segments shorter than this are no segments but a slip of the pen that would make millions of them. */
const MIN_SEGMENT_S = 0.1;

/**
 * How many segments of this representation the parser would write out one by one, if only the last `windowS` are wanted where they are
 * numbered; Infinity where that cannot be told. One line of a manifest may stand for a billion of them.
 */
export function segmentCount({ attributes, segmentInfo }: RepresentationInfo, windowS: number): number {
  const { template, segmentTimeline, list } = segmentInfo;
  if (template === undefined) return list?.segmentUrls?.length ?? 0;
  const timescale = template.timescale ?? 1;
  if (segmentTimeline === undefined) {
    const seconds = (template.duration ?? 0) / timescale;
    return seconds >= MIN_SEGMENT_S ? windowS / seconds : Number.POSITIVE_INFINITY;
  }
  const startS = numberOf(attributes.availabilityStartTime) + numberOf(attributes.periodStart);
  const sinceStartS = numberOf(attributes.NOW) / 1_000 + numberOf(attributes.minimumUpdatePeriod) - startS;
  let count = 0;
  let time = 0;
  for (const [index, { t, d, r = 0 }] of segmentTimeline.entries()) {
    time = t ?? time;
    if (d === undefined || !(d / timescale >= MIN_SEGMENT_S)) return Number.POSITIVE_INFINITY;
    // Negative: until the next line's time, or until now.
    const untilTime = segmentTimeline[index + 1]?.t ?? sinceStartS * timescale;
    const repeats = r >= 0 ? r + 1 : Math.max(0, Math.ceil((untilTime - time) / d));
    count += repeats;
    time += repeats * d;
  }
  return count;
}

function numberOf(value: unknown): number {
  return typeof value === "number" ? value : 0;
}
