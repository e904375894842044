import { PROTOCOL_VERSION } from "./version.ts";

/**
 * A delivery note: what the proxy answers in place of a body that comes over the link instead. It carries the app's whole
 * answer but the body (Set-Cookie and its like stand on the note's own response, where the browser acts on them).
 * The body is the range [start, end) of the content, pushed as `stream`; `end` and `total` are null while nobody knows.
 */
export interface Note {
  readonly v: typeof PROTOCOL_VERSION;
  readonly status: 200 | 206;
  readonly statusText: string;
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly stream: number;
  readonly start: number;
  readonly end: number | null;
  readonly total: number | null;
  /** The swarm this content belongs to, and this viewer's ticket for it (base64url); absent where nobody else may hold the content. */
  readonly swarm?: NoteSwarm;
}

/** A note's word on its content's swarm. */
export interface NoteSwarm {
  readonly id: number;
  /** This viewer's ticket, base64url. */
  readonly ticket: string;
  /** How an on-demand content is paged (docs/decisions/0008); absent: a live stream. */
  readonly pages?: SwarmPages;
}

/**
 * `file`: one URL's content, `totalBytes` long in pieces of `pieceBytes` each. `rendition`: segments, page 0 their index. `content`
 * names it for the store, whatever the swarm's number: 32 hex digits.
 */
export type SwarmPages = { readonly content: string; readonly pagePieces: number } & (
  | { readonly kind: "file"; readonly pieceBytes: number; readonly totalBytes: number }
  | { readonly kind: "rendition" }
);

/**
 * The note in this text, or undefined if it is none. Checked by hand, not by a schema: the service worker carries this, and
 * a schema library would be a third of its size.
 */
export function parseNote(text: string): Note | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return isNote(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

function isNote(value: unknown): value is Note {
  if (typeof value !== "object" || value === null) return false;
  const note = value as Partial<Record<keyof Note, unknown>>;
  return (
    note.v === PROTOCOL_VERSION &&
    (note.status === 200 || note.status === 206) &&
    isLine(note.statusText) &&
    Array.isArray(note.headers) &&
    note.headers.every(isHeader) &&
    isOffset(note.stream) &&
    isOffset(note.start) &&
    isEnd(note.end, note.start) &&
    isEnd(note.total, typeof note.end === "number" ? note.end : note.start)
  );
}

function isOffset(value: unknown): value is number {
  return Number.isSafeInteger(value) && Number(value) >= 0;
}

function isEnd(value: unknown, least: number): boolean {
  return value === null || (isOffset(value) && value >= least);
}

function isLine(value: unknown): value is string {
  return typeof value === "string" && !/[\0\r\n]/.test(value);
}

function isHeader(value: unknown): boolean {
  return Array.isArray(value) && value.length === 2 && value[0] !== "" && value.every(isLine);
}
