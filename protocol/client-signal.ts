import * as v from "valibot";
import { AnyPeerId, PeerId, SessionId, SwarmId, VisitorId } from "./ids.ts";
import { MAX_LINKS } from "./limits.ts";
import { Attempt, Candidate, Count, PeerMessage, parse, Sdp } from "./peer-message.ts";
import { PROTOCOL_VERSION } from "./version.ts";

// What clients say. Apart from what they hear (signal.ts), so that browsers do not carry the checks of it.

/** What a receiver saw of one peer since its last report: what the planner believes, instead of what senders say of themselves. */
const PeerReport = v.object({
  peer: AnyPeerId,
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

/** The message in this text, or undefined if it is none. */
export function parseClientSignal(text: string): ClientSignal | undefined {
  return parse(ClientSignal, text);
}

/** As {@link parseClientSignal}, of a POST's body: an array of messages, or undefined if any of them is none. */
export function parseClientSignals(text: string): ClientSignal[] | undefined {
  return parse(v.pipe(v.array(ClientSignal), v.maxLength(64)), text);
}
