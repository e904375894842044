import * as v from "valibot";

// The marks let a script that wants no more than a constant of this file go without the schemas and their library.

/** 128 random bits chosen by a client's worker: the secret that ties its note requests to its link. */
export const SessionId = /* @__PURE__ */ sessionId();
export type SessionId = v.InferOutput<typeof SessionId>;

/** A stream's number on a link: random, 1 … 2^32-1, never used twice by a client. */
export const StreamId = /* @__PURE__ */ integer(1, 0xffff_ffff);

/** A viewer as other viewers know it: given by the planner with `welcome`, new with each run of it; 0 stands for the origin. */
export const PeerId = /* @__PURE__ */ integer(1, 0xffff_ffff);
export const ORIGIN_PEER = 0;
/** Another viewer or the origin. */
export const AnyPeerId = /* @__PURE__ */ integer(ORIGIN_PEER, 0xffff_ffff);

/** What a browser that helps is known by to the site's planner from one visit to the next: 128 random bits, shown to nobody else. */
export const VisitorId = /* @__PURE__ */ visitorId();

/** A swarm: one rendition of a stream, or one file. Its number tells nothing of what it stands for. */
export const SwarmId = /* @__PURE__ */ integer(1, 0xffff_ffff);

function sessionId() {
  return v.pipe(v.string(), v.regex(/^[0-9a-f]{32}$/), v.brand("SessionId"));
}

function visitorId() {
  return v.pipe(v.string(), v.regex(/^[0-9a-f]{32}$/));
}

/** A whole number, both ends allowed. */
export function integer(least: number, most: number) {
  return v.pipe(v.number(), v.integer(), v.minValue(least), v.maxValue(most));
}
