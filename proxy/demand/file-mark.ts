import { parseContentRange } from "../../protocol/ranges.ts";
import { type ContentMark, contentMark } from "../live/same-content.ts";
import type { AnswerHead } from "../live/segment-refusal.ts";

/** A file may have been written twice in the second of its Last-Modified, and clocks differ; after a minute it has not. */
const SETTLED_MS = 60_000;

/** What tells the version of the file that this answer (a 200 or 206) holds or is a part of; undefined if its length is not known. */
export function fileMark({ status, headers }: AnswerHead): ContentMark | undefined {
  const length = headers.get("content-length") ?? "";
  if (status === 200) return /^\d{1,15}$/.test(length) ? contentMark(headers, Number(length)) : undefined;
  const total = status === 206 ? parseContentRange(headers.get("content-range") ?? "")?.total : undefined;
  return total === undefined ? undefined : contentMark(headers, total);
}

export function isSameMark(one: ContentMark, other: ContentMark): boolean {
  return markKey(one) === markKey(other);
}

/** The mark as one line. */
export function markKey({ etag = "", lastModified = "", lengthBytes }: ContentMark): string {
  return JSON.stringify([etag, lastModified, lengthBytes]);
}

/**
 * Whether parts of a file with this mark, asked for at different times, surely are of the same bytes: a strong ETag says so, or a
 * Last-Modified a minute older than the answer's own Date (RFC 9110, 8.8.2.2). Many servers give weak ETags to everything.
 */
export function isStrongMark({ etag, lastModified }: ContentMark, date: string | undefined): boolean {
  if (etag !== undefined && /^"[^"]+"$/.test(etag)) return true;
  return Date.parse(date ?? "") - Date.parse(lastModified ?? "") >= SETTLED_MS;
}
