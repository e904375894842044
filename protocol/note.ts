import * as v from "valibot";
import { StreamId } from "./ids.ts";
import { PROTOCOL_VERSION } from "./version.ts";

const Offset = v.pipe(v.number(), v.safeInteger(), v.minValue(0));
const HeaderText = v.pipe(v.string(), v.regex(/^[^\0\r\n]*$/));
const HeaderName = v.pipe(v.string(), v.regex(/^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/));

/**
 * A delivery note: what the proxy answers in place of a body that comes over the link instead. It carries the app's whole
 * answer but the body (Set-Cookie and its like stand on the note's own response, where the browser acts on them).
 * The body is the range [start, end) of the content, pushed as `stream`; `end` and `total` are null while nobody knows.
 */
const Note = v.object({
  v: v.literal(PROTOCOL_VERSION),
  status: v.picklist([200, 206]),
  statusText: HeaderText,
  headers: v.array(v.tuple([HeaderName, HeaderText])),
  stream: StreamId,
  start: Offset,
  end: v.nullable(Offset),
  total: v.nullable(Offset),
});
export type Note = v.InferOutput<typeof Note>;

/** The note in this text, or undefined if it is none. */
export function parseNote(text: string): Note | undefined {
  try {
    const result = v.safeParse(Note, JSON.parse(text));
    return result.success ? result.output : undefined;
  } catch {
    return undefined;
  }
}
