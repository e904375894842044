/** A segment as a playlist lists it. */
export interface ListedSegment {
  /** Path and query, as a browser would ask for it at the same site. */
  readonly target: string;
  /** Its place in the stream: media sequence and part number, or presentation time in ms. Grows within one run of a stream. */
  readonly order: number;
  readonly durationMs: number;
}

/** One rendition of a live stream as one look at its playlist shows it. */
export interface Listing {
  /** Tells the renditions of one playlist apart; "" where there is only one. */
  readonly rendition: string;
  /** How long its segments (or parts) are at most. */
  readonly targetMs: number;
  /** The stream is over: nothing will be added. */
  readonly hasEnded: boolean;
  /** Oldest first. Whole resources of the same site only: byte ranges and other hosts are left out. */
  readonly segments: readonly ListedSegment[];
}
