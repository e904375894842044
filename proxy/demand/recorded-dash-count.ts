import type { RepresentationInfo } from "mpd-parser";

/** Segments shorter than this are no segments but a slip of the pen that would make millions of them. */
const MIN_SEGMENT_S = 0.1;

/**
 * How many segments of this representation of a recording the parser would write out one by one; Infinity where that cannot be told.
 * One line of a manifest may stand for a billion of them.
 */
export function recordedSegmentCount({ attributes, segmentInfo }: RepresentationInfo): number {
  const { template, list, segmentTimeline } = segmentInfo;
  const { timescale = 1, duration = 0, endNumber } = template ?? list ?? {};
  const lengthS = Number(attributes.periodDuration ?? attributes.sourceDuration);
  if (segmentTimeline !== undefined)
    return timelineCount(segmentTimeline, timescale, Number(attributes.sourceDuration));
  const segmentS = duration / timescale;
  if (!(segmentS >= MIN_SEGMENT_S && lengthS >= 0)) return Number.POSITIVE_INFINITY;
  const count = endNumber === undefined ? lengthS / segmentS : Number(endNumber);
  return Number.isNaN(count) ? Number.POSITIVE_INFINITY : Math.ceil(count);
}

type Timeline = NonNullable<RepresentationInfo["segmentInfo"]["segmentTimeline"]>;

function timelineCount(timeline: Timeline, timescale: number, lengthS: number): number {
  let count = 0;
  let time = 0;
  for (const [index, { t, d, r = 0 }] of timeline.entries()) {
    time = t ?? time;
    if (d === undefined || !(d / timescale >= MIN_SEGMENT_S)) return Number.POSITIVE_INFINITY;
    // Negative: until the next line's time, or the end.
    const untilTime = timeline[index + 1]?.t ?? lengthS * timescale;
    const repeats = r >= 0 ? r + 1 : Math.max(0, Math.ceil((untilTime - time) / d));
    count += repeats;
    time += repeats * d;
  }
  return count;
}
