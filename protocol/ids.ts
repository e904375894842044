import * as v from "valibot";

/** 128 random bits chosen by a client's worker: the secret that ties its note requests to its link. */
export const SessionId = v.pipe(v.string(), v.regex(/^[0-9a-f]{32}$/), v.brand("SessionId"));
export type SessionId = v.InferOutput<typeof SessionId>;

/** A stream's number on a link: random, 1 … 2^32-1, never used twice by a client. */
export const StreamId = v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(0xffff_ffff));

/** A viewer as other viewers know it: given by the planner with `welcome`, new with each run of it; 0 stands for the origin. */
export const PeerId = v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(0xffff_ffff));
export const ORIGIN_PEER = 0;

/** What a browser that helps is known by to the site's planner from one visit to the next: 128 random bits, shown to nobody else. */
export const VisitorId = v.pipe(v.string(), v.regex(/^[0-9a-f]{32}$/));

/** A swarm: one rendition of a live stream, or one file. Drawn at random, so it tells nothing of what it stands for. */
export const SwarmId = v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(0xffff_ffff));
