import { FIRST_RANGE_BYTES, LINKLESS_RANGE_BYTES, NEXT_RANGE_BYTES } from "../protocol/limits.ts";
import { DOWNLOAD_PARAM } from "../protocol/paths.ts";
import { formatRange, parseRangeRequest } from "../protocol/ranges.ts";
import type { Interest } from "./interest.ts";

/** What is asked of the app for one request of the page: the same, but an element's open range is cut short. */
export interface RequestPlan {
  readonly url: string;
  readonly headers: [string, string][];
  /** First byte asked for; 0 without a Range, null for a range that does not say (the last n bytes). */
  readonly start: number | null;
  /** Byte after the last one asked for; undefined = to the end. */
  readonly end: number | undefined;
}

/**
 * Media elements ask for `bytes=a-` and take what they get: a short 206 is legal and the browser goes on by itself, so one
 * dead stream, seek or paused player costs little. Everything else is asked for as it was. `isLinking`: there is no link yet
 * but there may be one soon.
 */
export function planRequest(
  request: { readonly url: string; readonly headers: Iterable<[string, string]> },
  interest: Interest,
  isLinking: boolean,
): RequestPlan {
  const headers = [...request.headers].filter(([name]) => name !== "range");
  const rangeText = new Map(request.headers).get("range");
  const url = interest === "download" ? withoutDownloadMark(request.url) : request.url;
  const range = rangeText === undefined ? undefined : parseRangeRequest(rangeText);
  if (rangeText === undefined) return { url, headers, start: 0, end: undefined };
  if (range === undefined) return { url, headers: [...headers, ["range", rangeText]], start: null, end: undefined };
  const end = range.last === undefined ? capEnd(range.from, interest, isLinking) : range.last + 1;
  return { url, headers: [...headers, ["range", formatRange(range.from, end)]], start: range.from, end };
}

function capEnd(start: number, interest: Interest, isLinking: boolean): number | undefined {
  if (interest !== "media") return undefined;
  if (start === 0) return FIRST_RANGE_BYTES;
  return start + (isLinking ? LINKLESS_RANGE_BYTES : NEXT_RANGE_BYTES);
}

function withoutDownloadMark(text: string): string {
  const url = new URL(text);
  url.searchParams.delete(DOWNLOAD_PARAM);
  return url.href;
}
