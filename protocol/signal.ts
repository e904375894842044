import * as v from "valibot";
import { AnyPeerId, integer, PeerId, SwarmId } from "./ids.ts";
import { Attempt, Candidate, Count, PeerMessage, parse, Sdp } from "./peer-message.ts";
import { PROTOCOL_VERSION } from "./version.ts";

// Signalling between a client and the proxy: JSON objects, one a WebSocket message or SSE event, an array in a POST.

const Stripe = integer(0, 31);
/** Who sends or is sent which stripe; a pair a stripe. */
const Edges = v.pipe(v.array(v.object({ stripe: Stripe, peer: AnyPeerId })), v.maxLength(512));

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
    stripes: integer(1, 32),
    parents: Edges,
    children: Edges,
  }),
  v.object({ type: v.literal("peer"), from: PeerId, message: PeerMessage }),
]);
export type ServerSignal = v.InferOutput<typeof ServerSignal>;

export function parseServerSignal(text: string): ServerSignal | undefined {
  return parse(ServerSignal, text);
}
