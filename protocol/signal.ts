import * as v from "valibot";
import { SessionId } from "./ids.ts";
import { MAX_CANDIDATE_BYTES, MAX_SDP_BYTES } from "./limits.ts";
import { PROTOCOL_VERSION } from "./version.ts";

// Signalling between a client and the proxy: JSON objects, one a WebSocket message or SSE event, an array in a POST.

const Sdp = v.pipe(v.string(), v.maxLength(MAX_SDP_BYTES));
/** Which attempt of the session this is about; a new RTCPeerConnection gets a new number, late messages of an old one are dropped. */
const Attempt = v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(0xffff_ffff));
const Candidate = v.object({
  type: v.literal("candidate"),
  attempt: Attempt,
  candidate: v.pipe(v.string(), v.maxLength(MAX_CANDIDATE_BYTES)),
  mid: v.pipe(v.string(), v.maxLength(64)),
});

/** Client → proxy. `hello` first, then an offer, then its candidates (trickled); `bye` ends the session. */
const ClientSignal = v.variant("type", [
  v.object({ type: v.literal("hello"), v: v.literal(PROTOCOL_VERSION), session: SessionId }),
  v.object({ type: v.literal("offer"), attempt: Attempt, sdp: Sdp }),
  Candidate,
  v.object({ type: v.literal("ping") }),
  v.object({ type: v.literal("bye") }),
]);
export type ClientSignal = v.InferOutput<typeof ClientSignal>;

/** Proxy → client. `refused`: no link for this attempt and why; the client stays on HTTP and tries later. */
const ServerSignal = v.variant("type", [
  v.object({ type: v.literal("welcome"), v: v.literal(PROTOCOL_VERSION) }),
  v.object({ type: v.literal("answer"), attempt: Attempt, sdp: Sdp }),
  Candidate,
  v.object({ type: v.literal("refused"), attempt: Attempt, why: v.pipe(v.string(), v.maxLength(200)) }),
  v.object({ type: v.literal("pong") }),
]);
export type ServerSignal = v.InferOutput<typeof ServerSignal>;

/** The message in this text, or undefined if it is none. */
export function parseClientSignal(text: string): ClientSignal | undefined {
  return parse(ClientSignal, text);
}

/** As {@link parseClientSignal}, of a POST's body: an array of messages, or undefined if any of them is none. */
export function parseClientSignals(text: string): ClientSignal[] | undefined {
  return parse(v.pipe(v.array(ClientSignal), v.maxLength(64)), text);
}

export function parseServerSignal(text: string): ServerSignal | undefined {
  return parse(ServerSignal, text);
}

function parse<T>(schema: v.GenericSchema<unknown, T>, text: string): T | undefined {
  try {
    const result = v.safeParse(schema, JSON.parse(text));
    return result.success ? result.output : undefined;
  } catch {
    return undefined;
  }
}
