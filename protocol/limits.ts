// Every maximum of the wire, each with its reason.

/** DataChannel message: 256 KiB ones collapse when sent by Chromium, 16 KiB ones cost half again the CPU. */
export const MAX_FRAME_BYTES = 65_536;
/** What the client may have outstanding on one stream before the player takes bytes: a bandwidth-delay product of 50 Mbit/s × 160 ms. */
export const STREAM_CREDIT_BYTES = 1_048_576;
/** Streams open on one link at once: thousands of requests in a visit, but no page keeps more than this many unanswered. */
export const MAX_STREAMS = 512;
/** One signalling message: an SDP is 2-5 KB, anything near this is no browser. */
export const MAX_SIGNAL_BYTES = 65_536;
/** SDP: see above. */
export const MAX_SDP_BYTES = 16_384;
/** One ICE candidate line. */
export const MAX_CANDIDATE_BYTES = 1_024;
/** Candidates of one attempt: an interface each for host, srflx; nobody honest has more. */
export const MAX_CANDIDATES = 40;
/** Links of one viewer: 4 parents and 12 children are enough for any swarm (simulated); more gains nothing. */
export const MAX_LINKS = 20;
/** Signalling messages a second from one connection, and the burst it may start with: a viewer that joins makes up to 16 links at once. */
export const SIGNAL_RATE_PER_S = 30;
export const SIGNAL_BURST = 240;
/** A delivery note, headers of the app included (its head may be 64 KiB). */
export const MAX_NOTE_BYTES = 131_072;
/**
 * First and later answers to a media element's open range: browsers go on by themselves, so a dead stream costs little. The
 * first comes before the page's link is open and so over HTTP: what a player needs for its first frame, no more.
 */
export const FIRST_RANGE_BYTES = 262_144;
export const NEXT_RANGE_BYTES = 4_194_304;
/** A later answer that must come over HTTP while the link is still being made: all of it is sent, even if the link then takes over. */
export const LINKLESS_RANGE_BYTES = 524_288;
