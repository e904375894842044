import * as v from "valibot";

/** 128 random bits chosen by a client's worker: the secret that ties its note requests to its link. */
export const SessionId = v.pipe(v.string(), v.regex(/^[0-9a-f]{32}$/), v.brand("SessionId"));
export type SessionId = v.InferOutput<typeof SessionId>;

/** A stream's number on a link: random, 1 … 2^32-1, never used twice by a client. */
export const StreamId = v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(0xffff_ffff));
