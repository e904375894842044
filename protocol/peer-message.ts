import * as v from "valibot";
import { integer } from "./ids.ts";
import { MAX_CANDIDATE_BYTES, MAX_SDP_BYTES } from "./limits.ts";

// What messages of clients and of the proxy have in common.

export const Sdp = v.pipe(v.string(), v.maxLength(MAX_SDP_BYTES));
/** Which attempt of the session this is about; a new RTCPeerConnection gets a new number, late messages of an old one are dropped. */
export const Attempt = integer(0, 0xffff_ffff);
const CANDIDATE = {
  attempt: Attempt,
  candidate: v.pipe(v.string(), v.maxLength(MAX_CANDIDATE_BYTES)),
  mid: v.pipe(v.string(), v.maxLength(64)),
};
export const Candidate = v.object({ type: v.literal("candidate"), ...CANDIDATE });

/** What one viewer says to another through the planner, to make a link between them; `attempt` is the offering side's. */
export const PeerMessage = v.variant("kind", [
  v.object({ kind: v.literal("offer"), attempt: Attempt, sdp: Sdp }),
  v.object({ kind: v.literal("answer"), attempt: Attempt, sdp: Sdp }),
  v.object({ kind: v.literal("candidate"), ...CANDIDATE }),
  v.object({ kind: v.literal("failed"), attempt: Attempt }),
]);
export type PeerMessage = v.InferOutput<typeof PeerMessage>;

export const Count = integer(0, Number.MAX_SAFE_INTEGER);

/** What this schema makes of the text; undefined if it is something else. */
export function parse<T>(schema: v.GenericSchema<unknown, T>, text: string): T | undefined {
  try {
    const result = v.safeParse(schema, JSON.parse(text));
    return result.success ? result.output : undefined;
  } catch {
    return undefined;
  }
}
