import { STREAM_CREDIT_BYTES } from "../protocol/limits.ts";
import { type Note, parseNote } from "../protocol/note.ts";
import { formatNoteRequest } from "../protocol/note-header.ts";
import { NOTE_HEADER, NOTE_TYPE } from "../protocol/paths.ts";
import { PROTOCOL_VERSION } from "../protocol/version.ts";
import { type Head, headOf } from "./head.ts";
import type { Provider } from "./provider.ts";
import type { RequestPlan } from "./request-plan.ts";
import { httpSource, type Source } from "./source.ts";

/** What came of asking the app: a body to read, or an answer that is not ours to touch. */
export type Asked =
  | { readonly type: "body"; readonly head: Head; readonly source: Source; readonly response: Response | undefined }
  | { readonly type: "other"; readonly response: Response };

/** How the page asked: of a Request what goes for the app's bytes and for each further part of them. */
export type Manner = Pick<Request, "cache" | "credentials" | "referrer">;

/**
 * Asks the app for the plan's request; with a provider whose link is open, says that a note will do and expects the body
 * there, from byte `start` (null: not known). `extra` headers replace the plan's of the same name. Rejects when the network does.
 */
export async function ask(
  plan: RequestPlan,
  provider: Provider | undefined,
  manner: Manner,
  start: number | null,
  extra: Record<string, string> = {},
): Promise<Asked> {
  const headers = new Headers(plan.headers);
  for (const [name, value] of Object.entries(extra)) headers.set(name, value);
  const session = provider?.session();
  const stream = session && provider?.open(start);
  if (session && stream) {
    headers.set(
      NOTE_HEADER,
      formatNoteRequest({
        version: PROTOCOL_VERSION,
        session,
        stream: stream.id,
        creditBytes: STREAM_CREDIT_BYTES,
      }),
    );
  }
  try {
    const response = await fetch(plan.url, {
      headers,
      mode: "same-origin",
      // A page that asks without its cookies is to be answered as it would be without us.
      credentials: manner.credentials,
      redirect: "manual",
      referrer: manner.referrer,
      // A note must neither be kept by the HTTP cache nor be mistaken for a part of what it keeps.
      cache: stream ? "no-store" : manner.cache,
    });
    const note = stream && (await noteOf(response));
    if (note?.swarm) provider?.join(note, plan.url);
    if (stream && note) return { type: "body", head: headOfNote(note), source: stream, response: undefined };
    stream?.cancel();
    const head = response.status === 200 || response.status === 206 ? headOf(response) : undefined;
    if (!head) return { type: "other", response };
    return { type: "body", head, source: httpSource(response), response };
  } catch (error) {
    stream?.cancel();
    throw error;
  }
}

/** As {@link ask}, of this browser's swarms; undefined if they do not know it, or if not any copy would do. */
export async function askSwarms(
  { url, headers }: RequestPlan,
  provider: Provider | undefined,
): Promise<Extract<Asked, { type: "body" }> | undefined> {
  if (headers.some(([name]) => /^if-|^authorization$/.test(name))) return undefined;
  const source = provider?.ask(url, new Map(headers).get("range"));
  const note = await source?.note();
  return source && note && { type: "body", head: headOfNote(note), source, response: undefined };
}

async function noteOf(response: Response): Promise<Note | undefined> {
  if (response.headers.get("content-type") !== NOTE_TYPE) return undefined;
  const note = parseNote(await response.text());
  if (note === undefined) throw new TypeError("no note");
  return note;
}

function headOfNote(note: Note): Head {
  const { status, statusText, start } = note;
  // Names and values were checked when the note was parsed; what a Headers object still refuses is left out.
  const headers = new Headers();
  for (const [name, value] of note.headers) {
    try {
      headers.append(name, value);
    } catch {}
  }
  return { status, statusText, headers, start, end: note.end ?? undefined, total: note.total ?? undefined };
}
