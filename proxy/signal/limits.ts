// Maxima of the signalling server itself; those of the wire stand in protocol/limits.ts.

/** Bytes a slow client may leave unread: an answer and its candidates are 5 KB. */
export const MAX_UNSENT_BYTES = 65_536;
/** Below the 100 s after which tunnels give up a silent connection, and often enough to notice a dead one in time. */
export const PING_MS = 20_000;
/** Conversations at once: an idle one costs 6-12 KiB, so these cost at most 100 MiB. */
export const MAX_CONVERSATIONS = 8_192;
/** A POST's body must be here by then. */
export const POST_BODY_MS = 10_000;
