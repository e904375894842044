import type { Clock } from "../../peer/clock.ts";
import type { AppTarget } from "../core/app-target.ts";
import { type AnonymousCopy, askAsStranger } from "./ask-as-stranger.ts";
import { type SegmentRefusal, segmentRefusal } from "./segment-refusal.ts";
import type { Site } from "./site.ts";

/** A minute of 2 Mbit/s, or ten seconds of 13 Mbit/s: what is longer is no segment. */
export const MAX_SEGMENT_BYTES = 16 * 1_024 * 1_024;

/** Asks the app for a segment as somebody it does not know. Never rejects. */
export function fetchSegment(
  app: Pick<AppTarget, "open">,
  clock: Clock,
  site: Site,
  target: string,
): Promise<AnonymousCopy | SegmentRefusal> {
  return askAsStranger(app, clock, { site, target, maxBytes: MAX_SEGMENT_BYTES, refusal: segmentRefusal });
}
