import type { ClientRequest, IncomingMessage } from "node:http";
import type { Clock } from "../../peer/clock.ts";
import { readAnswer } from "../core/app-answer.ts";
import type { AppTarget } from "../core/app-target.ts";
import { wireHeaders } from "../core/header-rules.ts";
import { HOPS_HEADER } from "../core/request-headers.ts";
import { HeaderList } from "../header-list.ts";
import { type SegmentRefusal, segmentRefusal } from "./segment-refusal.ts";
import type { Site } from "./site.ts";

/** A segment as the app gives it to a stranger. */
export interface AnonymousCopy {
  readonly statusText: string;
  /** Hop-by-hop headers gone. */
  readonly headers: HeaderList;
  readonly body: Buffer;
}

/** A minute of 2 Mbit/s, or ten seconds of 13 Mbit/s: what is longer is no live segment. */
export const MAX_SEGMENT_BYTES = 16 * 1_024 * 1_024;
/** A segment that takes longer comes too late for anybody. */
const FETCH_MS = 15_000;
/** An address of no network (RFC 5737): apps that skip their login for neighbours must not take this request for one's. */
const STRANGER = "192.0.2.1";

/** Asks the app for a segment as somebody it does not know: no cookie, no Authorization. Never rejects. */
export function fetchSegment(
  app: Pick<AppTarget, "open">,
  clock: Clock,
  site: Site,
  target: string,
): Promise<AnonymousCopy | SegmentRefusal> {
  return new Promise((resolve) => {
    const outgoing = open(app, site, target);
    if (outgoing === undefined) return resolve("failed");
    const settle = (outcome: AnonymousCopy | SegmentRefusal): void => {
      cancelTimer();
      resolve(outcome);
      if (typeof outcome === "string") outgoing.destroy();
    };
    const cancelTimer = clock.after(FETCH_MS, () => settle("failed"));
    outgoing.on("error", () => settle("failed"));
    outgoing.on("close", () => settle("failed"));
    outgoing.on("response", (message) => read(message, settle));
    outgoing.end();
  });
}

function open(app: Pick<AppTarget, "open">, site: Site, target: string): ClientRequest | undefined {
  const headers = new HeaderList(site.headers);
  headers.append("X-Forwarded-For", STRANGER);
  headers.append("Accept", "*/*");
  headers.append("Accept-Encoding", "identity");
  headers.append("User-Agent", "Tuber");
  headers.append(HOPS_HEADER, "1");
  try {
    return app.open({ method: "GET", target, headers: wireHeaders(headers), fresh: false });
  } catch {
    return undefined;
  }
}

function read(message: IncomingMessage, settle: (outcome: AnonymousCopy | SegmentRefusal) => void): void {
  const answer = readAnswer(message);
  if (answer === undefined) return settle("failed");
  const refusal = segmentRefusal(answer);
  if (refusal !== undefined) return settle(refusal);
  const chunks: Buffer[] = [];
  let bytes = 0;
  message.on("data", (chunk: Buffer) => {
    bytes += chunk.length;
    if (bytes > MAX_SEGMENT_BYTES) settle("size");
    else chunks.push(chunk);
  });
  message.on("error", () => settle("failed"));
  message.on("end", () => {
    if (!message.complete) settle("failed");
    else if (bytes === 0) settle("empty");
    else settle({ statusText: answer.statusText, headers: answer.headers, body: Buffer.concat(chunks) });
  });
}
