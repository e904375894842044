/** A segment of a recording, as its playlist lists it. */
export interface RecordedSegment {
  /** Path and query, as a browser would ask for it at the same site. */
  readonly target: string;
  readonly durationMs: number;
}

/** One rendition of a recording. Whole resources of the same site only: byte ranges and other hosts are left out. */
export interface RecordedListing {
  /** Tells the renditions of one playlist apart; "" where there is only one. */
  readonly rendition: string;
  /** In the playlist's order, each URL once. */
  readonly segments: readonly RecordedSegment[];
}

/** Eight hours of 3 s segments. A playlist of so many takes 80 ms to read (measured); their index has 160 KB. */
export const MAX_RECORDED_SEGMENTS = 10_000;

/** The listing of these segments, where there are any, and not too many. */
export function recordedListing(rendition: string, segments: readonly RecordedSegment[]): RecordedListing[] {
  const each = [...new Map(segments.map((segment) => [segment.target, segment])).values()];
  return each.length === 0 || each.length > MAX_RECORDED_SEGMENTS ? [] : [{ rendition, segments: each }];
}
