import { parseRangeRequest } from "../../protocol/ranges.ts";
import { validatorOf } from "../../protocol/validator.ts";
import type { HeaderList } from "../header-list.ts";
import type { DeliveredRange } from "./deliverable.ts";

/** Segments of streams are no longer: a minute of 2 Mbit/s, or some seconds of the best there is. */
const SEGMENT_BYTES = 16 * 1_048_576;

/**
 * Whether a body of which the link has lost the rest can be had whole all the same. The service worker goes on at the exact byte, for which
 * it needs a validator, the length, and an app that answers ranges: a 206 has shown that, a 200 has to say it. (One that does not say is asked
 * for its rest while it comes over HTTP, and if that is a 206, it is for the link.) A part from here to there is what media elements and
 * players ask for, who ask for it again by themselves; elements' open ranges come cut short. So do players with a whole segment: apps
 * that make segments as they are asked for give them neither validators nor ranges.
 */
export function isResumable(
  asked: HeaderList,
  answer: { readonly status: number; readonly headers: HeaderList },
  { total }: DeliveredRange,
): boolean {
  const isPart = answer.status === 206;
  if (isPart && parseRangeRequest(asked.get("range") ?? "")?.last !== undefined) return true;
  const isMedia = /^(audio|video)\//i.test(answer.headers.get("content-type") ?? "");
  if (isMedia && total !== null && total <= SEGMENT_BYTES && !isPart) return true;
  if (total === null || validatorOf(answer.headers) === undefined) return false;
  return isPart || (answer.headers.get("accept-ranges") ?? "").trim().toLowerCase() === "bytes";
}
