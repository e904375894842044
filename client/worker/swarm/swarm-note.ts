import type { Note } from "../../../protocol/note.ts";
import { parseRangeRequest } from "../../../protocol/ranges.ts";
import { PROTOCOL_VERSION } from "../../../protocol/version.ts";
import type { Answer } from "./answer.ts";

/** What the answer says anew: length and part of what is sent are ours, and pieces are never coded. */
const OURS = new Set(["content-length", "content-range", "content-encoding", "transfer-encoding"]);

/** A note that says where its body ends. */
export type SwarmNote = Note & { readonly end: number };

/** The note for this content, or the part of it that a Range names; undefined if the app itself should answer such a range. */
export function noteOf(
  answer: Pick<Answer, "head" | "lengthBytes">,
  stream: number,
  range: string | undefined,
): SwarmNote | undefined {
  const { head, lengthBytes: total } = answer;
  const part = range === undefined ? { from: 0, last: undefined } : parseRangeRequest(range);
  if (part === undefined || part.from >= total) return undefined;
  const start = part.from;
  const end = Math.min(total, (part.last ?? total) + 1);
  const headers = head.headers.filter(([name]) => !OURS.has(name.toLowerCase()));
  const own: [string, string][] = [["content-length", String(end - start)]];
  if (range !== undefined) own.push(["content-range", `bytes ${start}-${end - 1}/${total}`]);
  return {
    v: PROTOCOL_VERSION,
    status: range === undefined ? 200 : 206,
    statusText: range === undefined ? head.statusText : "Partial Content",
    headers: [...headers, ...own],
    stream,
    start,
    end,
    total,
  };
}
