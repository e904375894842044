import type { NoteRequest } from "./note-request.ts";

/** The `tuber-note` header's value for this request (parsed by note-request.ts; apart from it so that no schema comes along). */
export function formatNoteRequest(request: NoteRequest): string {
  return `${request.version};${request.session};${request.stream};${request.creditBytes}`;
}
