import type { ClientRequest, IncomingMessage } from "node:http";
import type { Clock } from "../../peer/clock.ts";
import { readAnswer } from "../core/app-answer.ts";
import type { AppTarget } from "../core/app-target.ts";
import { wireHeaders } from "../core/header-rules.ts";
import { HOPS_HEADER } from "../core/request-headers.ts";
import { HeaderList } from "../header-list.ts";
import type { AnswerHead } from "./segment-refusal.ts";
import type { Site } from "./site.ts";

/** What the app gives a stranger. */
export interface AnonymousCopy {
  readonly statusText: string;
  /** Hop-by-hop headers gone. */
  readonly headers: HeaderList;
  readonly body: Buffer;
}

/** What a stranger wants to know of the app. */
export interface StrangersQuestion<Refusal extends string> {
  readonly site: Site;
  /** Path and query. */
  readonly target: string;
  /** For its `Range`; absent: the whole. */
  readonly range?: string;
  /** A longer body is refused. */
  readonly maxBytes: number;
  /** Why an answer with this head is of no use; undefined: its body is read. */
  refusal(head: AnswerHead): Refusal | undefined;
}

/** What becomes of any question: no answer, none of HTTP, not in time or not whole; too long; without a byte. */
export type NoCopy = "empty" | "failed" | "size";

/** Nobody waits for longer. */
const ANSWER_MS = 15_000;
/** An address of no network (RFC 5737): apps that skip their login for neighbours must not take this request for one's. */
const STRANGER = "192.0.2.1";

/** Asks the app as somebody it does not know: no cookie, no Authorization. Never rejects. */
export function askAsStranger<Refusal extends string>(
  app: Pick<AppTarget, "open">,
  clock: Clock,
  question: StrangersQuestion<Refusal>,
): Promise<AnonymousCopy | Refusal | NoCopy> {
  return new Promise((resolve) => {
    const outgoing = open(app, question);
    if (outgoing === undefined) return resolve("failed");
    const settle = (outcome: AnonymousCopy | Refusal | NoCopy): void => {
      cancelTimer();
      resolve(outcome);
      if (typeof outcome === "string") outgoing.destroy();
    };
    const cancelTimer = clock.after(ANSWER_MS, () => settle("failed"));
    outgoing.on("error", () => settle("failed"));
    outgoing.on("close", () => settle("failed"));
    outgoing.on("response", (message) => read(message, question, settle));
    outgoing.end();
  });
}

function open(
  app: Pick<AppTarget, "open">,
  { site, target, range }: StrangersQuestion<string>,
): ClientRequest | undefined {
  const headers = new HeaderList(site.headers);
  headers.append("X-Forwarded-For", STRANGER);
  headers.append("Accept", "*/*");
  headers.append("Accept-Encoding", "identity");
  headers.append("User-Agent", "Tuber");
  if (range !== undefined) headers.append("Range", range);
  headers.append(HOPS_HEADER, "1");
  try {
    return app.open({ method: "GET", target, headers: wireHeaders(headers), fresh: false });
  } catch {
    return undefined;
  }
}

function read<Refusal extends string>(
  message: IncomingMessage,
  { maxBytes, refusal: judge }: StrangersQuestion<Refusal>,
  settle: (outcome: AnonymousCopy | Refusal | NoCopy) => void,
): void {
  const answer = readAnswer(message);
  if (answer === undefined) return settle("failed");
  const refusal = judge(answer);
  if (refusal !== undefined) return settle(refusal);
  const chunks: Buffer[] = [];
  let bytes = 0;
  message.on("data", (chunk: Buffer) => {
    bytes += chunk.length;
    if (bytes > maxBytes) settle("size");
    else chunks.push(chunk);
  });
  message.on("error", () => settle("failed"));
  message.on("end", () => {
    if (!message.complete) settle("failed");
    else if (bytes === 0) settle("empty");
    else settle({ statusText: answer.statusText, headers: answer.headers, body: Buffer.concat(chunks) });
  });
}
