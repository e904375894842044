import * as v from "valibot";
import { integer, SessionId, StreamId } from "./ids.ts";
import { STREAM_CREDIT_BYTES } from "./limits.ts";
import { PROTOCOL_VERSION } from "./version.ts";

/**
 * The value of the `tuber-note` header: `1;<session>;<stream>;<credit>`, the credit in bytes. It says: a note will do, and
 * the body may be pushed on this session's link as this stream, `credit` bytes of it before I ask for more.
 */
const NoteRequest = v.object({
  version: v.literal(PROTOCOL_VERSION),
  session: SessionId,
  stream: StreamId,
  creditBytes: integer(0, STREAM_CREDIT_BYTES),
});
export type NoteRequest = v.InferOutput<typeof NoteRequest>;

/** The request in this header value, or undefined if it is none (the app then simply answers in full). */
export function parseNoteRequest(value: string): NoteRequest | undefined {
  const parts = value.split(";");
  if (parts.length !== 4 || parts.some((part) => part === "")) return undefined;
  const [version, session, stream, creditBytes] = parts;
  const result = v.safeParse(NoteRequest, {
    version: Number(version),
    session,
    stream: Number(stream),
    creditBytes: Number(creditBytes),
  });
  return result.success ? result.output : undefined;
}
