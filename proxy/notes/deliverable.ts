import { isDeliverableType } from "../../protocol/media.ts";
import { parseContentRange } from "../../protocol/ranges.ts";
import type { HeaderList } from "../header-list.ts";

/** The part of a content that an answer's body holds: [start, end), `end` and `total` null while nobody knows. */
export interface DeliveredRange {
  readonly start: number;
  readonly end: number | null;
  readonly total: number | null;
}

/**
 * Which bytes a link may carry in place of this answer's body; undefined if the answer should pass as it is: not a whole or
 * single-range success, coded, of a type that is not media or a download, or below `minBytes`.
 */
export function deliverableRange(
  answer: { readonly status: number; readonly headers: HeaderList },
  minBytes: number,
): DeliveredRange | undefined {
  const { status, headers } = answer;
  const coding = (headers.get("content-encoding") ?? "identity").trim().toLowerCase();
  if (coding !== "identity" && coding !== "") return undefined;
  if (!isDeliverableType(headers.get("content-type") ?? "", headers.get("content-disposition") ?? "")) return undefined;
  const range = status === 206 ? partialRange(headers) : status === 200 ? wholeRange(headers) : undefined;
  if (range === undefined) return undefined;
  return range.end !== null && range.end - range.start < minBytes ? undefined : range;
}

function partialRange(headers: HeaderList): DeliveredRange | undefined {
  const range = parseContentRange(headers.get("content-range") ?? "");
  return range && { start: range.start, end: range.end, total: range.total ?? null };
}

function wholeRange(headers: HeaderList): DeliveredRange {
  const text = headers.get("content-length");
  const length = text !== undefined && /^\d{1,15}$/.test(text) ? Number(text) : null;
  return { start: 0, end: length, total: length };
}
