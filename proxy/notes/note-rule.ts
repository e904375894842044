import type { Body } from "../../peer/body.ts";
import type { SessionId } from "../../protocol/ids.ts";
import { MAX_NOTE_BYTES } from "../../protocol/limits.ts";
import type { Note, NoteSwarm } from "../../protocol/note.ts";
import { type NoteRequest, parseNoteRequest } from "../../protocol/note-request.ts";
import { NOTE_HEADER, NOTE_TYPE } from "../../protocol/paths.ts";
import { PROTOCOL_VERSION } from "../../protocol/version.ts";
import type { Answer, Exchange, Rule } from "../exchange.ts";
import { readableBody } from "../origin/readable-body.ts";
import { type DeliveredRange, deliverableRange } from "./deliverable.ts";
import { isResumable } from "./resumable.ts";

/** What became of a request that would have taken a note. */
export type NoteOutcome = "note" | "malformed" | "no-link" | "not-resumable" | "not-worth-it";

export interface NotePorts {
  /** The origin peer: whether a session has an open link, and the body pushed on it. */
  readonly origin: {
    has(session: SessionId): boolean;
    push(
      session: SessionId,
      stream: number,
      body: Body,
      start: number,
      end: number | null,
      creditBytes: number,
    ): boolean;
  };
  /**
   * The swarm of the content that the app's answer (a 200 or 206) holds or is a part of, and a ticket for this session's viewer, whom the
   * app has just let in. Undefined where nobody else may hold the content, as far as is known, and for a viewer without a link.
   */
  admit?(exchange: Exchange, answer: Answer, session: SessionId): NoteSwarm | undefined;
  /** While it is being learnt whether this content has a swarm: settles soon, when it is known. */
  judging?(exchange: Exchange): Promise<void> | undefined;
  /** Smaller bodies stay on HTTP, where they are faster; but those of a swarm, whose next ones will come from it. */
  readonly minBytes: number;
  onOutcome(outcome: NoteOutcome): void;
  onContent(exchange: Exchange, answer: Answer, range: DeliveredRange): void;
}

/** The browser acts on these only when they stand on a real response; everything else travels inside the note. */
const STAYS_OUTSIDE = ["set-cookie", "clear-site-data", "strict-transport-security"];

/**
 * Answers with a delivery note where the client said one will do and the app's answer is worth it; the app's open body goes
 * to the client's link. The app has authorised exactly this request, so nothing else has to.
 */
export function createNoteRule(ports: NotePorts): Rule {
  const requests = new WeakMap<Exchange, NoteRequest>();
  return {
    name: "delivery-note",
    onRequest(exchange) {
      const value = exchange.headers.get(NOTE_HEADER);
      if (value === undefined) return;
      exchange.headers.delete(NOTE_HEADER);
      const request = exchange.method === "GET" ? parseNoteRequest(value) : undefined;
      if (request) requests.set(exchange, request);
      else ports.onOutcome("malformed");
    },
    onAnswer(exchange, answer) {
      const request = requests.get(exchange);
      if (request === undefined) return answer;
      const range = deliverableRange(answer, 0);
      if (range === undefined) return pass(answer, "not-worth-it");
      const swarm = ports.admit?.(exchange, answer, request.session);
      const note = noteText(answer, request, range, swarm);
      const isTooSmall = swarm === undefined && deliverableRange(answer, ports.minBytes) === undefined;
      if (isTooSmall || note === undefined) return pass(answer, "not-worth-it");
      // What has a swarm is either known to be answered in ranges, or a segment: players ask for those again.
      if (swarm === undefined && !isResumable(exchange.headers, answer, range)) return pass(answer, "not-resumable");
      if (!ports.origin.has(request.session)) return pass(answer, "no-link");
      const { session, stream, creditBytes } = request;
      // From here on the body is the link's; one that fails there is asked for again over HTTP.
      ports.origin.push(session, stream, readableBody(answer.body), range.start, range.end, creditBytes);
      ports.onContent(exchange, answer, range);
      ports.onOutcome("note");
      const judging = swarm === undefined ? ports.judging?.(exchange) : undefined;
      if (judging === undefined) sendNote(exchange, answer, note);
      else
        void judging.then(() =>
          sendNote(
            exchange,
            answer,
            noteText(answer, request, range, ports.admit?.(exchange, answer, request.session)) ?? note,
          ),
        );
      return "taken";
    },
  };

  function pass(answer: Answer, outcome: NoteOutcome): Answer {
    ports.onOutcome(outcome);
    return answer;
  }
}

function noteText(
  answer: Answer,
  request: NoteRequest,
  range: DeliveredRange,
  swarm: NoteSwarm | undefined,
): string | undefined {
  const note: Note = {
    v: PROTOCOL_VERSION,
    status: answer.status === 206 ? 206 : 200,
    statusText: answer.statusText,
    headers: answer.headers.entries().filter(([name]) => !STAYS_OUTSIDE.includes(name.toLowerCase())),
    stream: request.stream,
    ...range,
    ...(swarm && { swarm }),
  };
  const text = JSON.stringify(note);
  return Buffer.byteLength(text) > MAX_NOTE_BYTES ? undefined : text;
}

function sendNote(exchange: Exchange, answer: Answer, note: string): void {
  const outside = answer.headers.entries().filter(([name]) => STAYS_OUTSIDE.includes(name.toLowerCase()));
  const body = Buffer.from(note);
  exchange.res.writeHead(200, [
    ...outside.flat(),
    "Content-Type",
    NOTE_TYPE,
    "Cache-Control",
    "no-store",
    "Content-Length",
    String(body.byteLength),
  ]);
  exchange.res.end(body);
}
