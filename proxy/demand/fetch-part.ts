import type { Clock } from "../../peer/clock.ts";
import { formatRange, parseContentRange } from "../../protocol/ranges.ts";
import type { AppTarget } from "../core/app-target.ts";
import { type AnonymousCopy, askAsStranger } from "../live/ask-as-stranger.ts";
import type { ContentMark } from "../live/same-content.ts";
import { type AnswerHead, contentRefusal, type SegmentRefusal } from "../live/segment-refusal.ts";
import type { Site } from "../live/site.ts";
import { fileMark } from "./file-mark.ts";

/** A part of a file as the app gives it to a stranger. */
export interface AnonymousPart extends AnonymousCopy {
  /** Of the whole file. */
  readonly mark: ContentMark;
}

/** Why a stranger has no such part. `ranges`: the app does not answer ranges, or another than it was asked for. */
export type PartRefusal = SegmentRefusal | "ranges";

/** Bytes `[start, end)` of a file. */
export interface PartPlace {
  readonly site: Site;
  readonly target: string;
  readonly start: number;
  readonly end: number;
}

const TOO_MANY_REQUESTS = 429;

/** Asks the app for a part of a file as somebody it does not know. Never rejects. */
export async function fetchPart(
  app: Pick<AppTarget, "open">,
  clock: Clock,
  place: PartPlace,
): Promise<AnonymousPart | PartRefusal> {
  const { site, target, start, end } = place;
  const copy = await askAsStranger<PartRefusal>(app, clock, {
    site,
    target,
    range: formatRange(start, end),
    maxBytes: end - start,
    refusal: (head) => partRefusal(head, place),
  });
  if (typeof copy === "string") return copy === "size" || copy === "empty" ? "ranges" : copy;
  const mark = fileMark({ status: 206, headers: copy.headers });
  return mark === undefined || copy.body.length !== end - start ? "ranges" : { ...copy, mark };
}

function partRefusal({ status, headers }: AnswerHead, { start, end }: PartPlace): PartRefusal | undefined {
  // What says nothing of the file may be better the next time.
  if (status >= 500 || status === TOO_MANY_REQUESTS) return "failed";
  if (status === 200) return "ranges";
  if (status !== 206) return "status";
  const range = parseContentRange(headers.get("content-range") ?? "");
  const isAsked = range?.start === start && range.end === end && range.total !== undefined;
  return contentRefusal(headers) ?? (isAsked ? undefined : "ranges");
}
