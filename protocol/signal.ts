import * as v from "valibot";
import { PeerId, SessionId, SwarmId, VisitorId } from "./ids.ts";
import { MAX_CANDIDATE_BYTES, MAX_LINKS, MAX_SDP_BYTES } from "./limits.ts";
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

/** What one viewer says to another through the planner, to make a link between them; `attempt` is the offering side's. */
const PeerMessage = v.variant("kind", [
  v.object({ kind: v.literal("offer"), attempt: Attempt, sdp: Sdp }),
  v.object({ kind: v.literal("answer"), attempt: Attempt, sdp: Sdp }),
  v.object({
    kind: v.literal("candidate"),
    attempt: Attempt,
    candidate: v.pipe(v.string(), v.maxLength(MAX_CANDIDATE_BYTES)),
    mid: v.pipe(v.string(), v.maxLength(64)),
  }),
  v.object({ kind: v.literal("failed"), attempt: Attempt }),
]);
export type PeerMessage = v.InferOutput<typeof PeerMessage>;

const Count = v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(Number.MAX_SAFE_INTEGER));
const Stripe = v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(31));
/** Who sends or is sent which stripe; a pair a stripe. */
const Edges = v.pipe(v.array(v.object({ stripe: Stripe, peer: v.union([v.literal(0), PeerId]) })), v.maxLength(512));

/** What a receiver saw of one peer since its last report: what the planner believes, instead of what senders say of themselves. */
const PeerReport = v.object({
  peer: v.union([v.literal(0), PeerId]),
  /** Payload of verified pieces. */
  bytes: Count,
  /** While pieces were coming in one after another: how much, and for how long. */
  busyBytes: Count,
  busyMs: Count,
  /** Smallest round trip of the period; absent without a link. */
  rttMs: v.optional(v.pipe(v.number(), v.minValue(0), v.maxValue(60_000))),
  /** Pieces it was assigned and did not bring in time. */
  missed: v.optional(Count),
  /** Pieces that failed their hash. */
  corrupt: v.optional(Count),
});
export type PeerReport = v.InferOutput<typeof PeerReport>;

/** What a viewer can and may give. Nothing here is believed beyond "no". */
const Means = v.object({
  /** False: download only (switched off by the visitor, Save-Data, cellular, low battery, hidden tab). */
  upload: v.boolean(),
  /** Bits a second its owner allows at most; absent: no limit. */
  capBps: v.optional(Count),
});
export type Means = v.InferOutput<typeof Means>;

/** Client → proxy. `hello` first, then an offer, then its candidates (trickled); `bye` ends the session. */
const ClientSignal = v.variant("type", [
  v.object({ type: v.literal("hello"), v: v.literal(PROTOCOL_VERSION), session: SessionId }),
  v.object({ type: v.literal("offer"), attempt: Attempt, sdp: Sdp }),
  Candidate,
  v.object({ type: v.literal("ping") }),
  v.object({ type: v.literal("bye") }),
  v.object({ type: v.literal("means"), means: Means }),
  /**
   * I have this ticket (base64url of ticket.ts's bytes): let me take part. `leave` ends that. `visitor`: who I was on earlier visits,
   * where the visitor allows that.
   */
  v.object({
    type: v.literal("join"),
    swarm: SwarmId,
    ticket: v.pipe(v.string(), v.regex(/^[\w-]{107}$/)),
    visitor: v.optional(VisitorId),
  }),
  v.object({ type: v.literal("leave"), swarm: SwarmId }),
  v.object({ type: v.literal("peer"), to: PeerId, message: PeerMessage }),
  v.object({ type: v.literal("report"), swarm: SwarmId, peers: v.pipe(v.array(PeerReport), v.maxLength(MAX_LINKS)) }),
]);
export type ClientSignal = v.InferOutput<typeof ClientSignal>;

/** Proxy → client. `refused`: no link for this attempt and why; the client stays on HTTP and tries later. */
const ServerSignal = v.variant("type", [
  /** `peer`: the number this session is known by to other viewers. */
  v.object({ type: v.literal("welcome"), v: v.literal(PROTOCOL_VERSION), peer: PeerId }),
  v.object({ type: v.literal("answer"), attempt: Attempt, sdp: Sdp }),
  Candidate,
  v.object({ type: v.literal("refused"), attempt: Attempt, why: v.pipe(v.string(), v.maxLength(200)) }),
  v.object({ type: v.literal("pong") }),
  /**
   * This viewer's part in a swarm, whole each time: who sends it which stripe (peer 0 is the origin) and to whom it sends. The
   * viewers named are the ones to have links to; of each pair the lower number offers. A `seq` not above the last one is old.
   */
  v.object({
    type: v.literal("assign"),
    swarm: SwarmId,
    seq: Count,
    stripes: v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(32)),
    parents: Edges,
    children: Edges,
  }),
  v.object({ type: v.literal("peer"), from: PeerId, message: PeerMessage }),
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
