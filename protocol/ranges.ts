/** A byte range `[start, end)` of a content; `end` and `total` are undefined while nobody knows them. */
export interface ContentRange {
  readonly start: number;
  readonly end: number;
  readonly total: number | undefined;
}

/** The range a `Content-Range` value names, or undefined for anything but one well-formed satisfied range. */
export function parseContentRange(value: string): ContentRange | undefined {
  const match = /^bytes (\d{1,15})-(\d{1,15})\/(\d{1,15}|\*)$/.exec(value.trim());
  if (!match) return undefined;
  const start = Number(match[1]);
  const end = Number(match[2]) + 1;
  const total = match[3] === "*" ? undefined : Number(match[3]);
  if (end <= start || (total !== undefined && end > total)) return undefined;
  return { start, end, total };
}

/** What a player's Range header asks for: `from` with an optional last byte. */
export type RangeRequest = { readonly from: number; readonly last: number | undefined };

/** The single range `bytes=a-` or `bytes=a-b` in this header; undefined for suffixes, several ranges and nonsense. */
export function parseRangeRequest(value: string): RangeRequest | undefined {
  const match = /^bytes=(\d{1,15})-(\d{0,15})$/.exec(value.trim());
  if (!match) return undefined;
  const from = Number(match[1]);
  const last = match[2] === "" ? undefined : Number(match[2]);
  return last !== undefined && last < from ? undefined : { from, last };
}

/** `bytes=a-` or `bytes=a-b` for the range [start, end). */
export function formatRange(start: number, end: number | undefined): string {
  return `bytes=${start}-${end === undefined ? "" : end - 1}`;
}
