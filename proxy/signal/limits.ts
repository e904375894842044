// Maxima of the signalling server itself; those of the wire stand in protocol/limits.ts.

/** Bytes a slow client may leave unread: an answer and its candidates are 5 KB. */
export const MAX_UNSENT_BYTES = 65_536;
/** Below the 100 s after which tunnels give up a silent connection, and often enough to notice a dead one in time. */
export const PING_MS = 20_000;
/** Conversations at once: an idle one costs 6-12 KiB, so these cost at most 100 MiB. */
export const MAX_CONVERSATIONS = 8_192;
/** A POST's body must be here by then. */
export const POST_BODY_MS = 10_000;

/** What one network of strangers (IPv4 /24, IPv6 /56) may have. */
export interface NetworkLimits {
  /** Conversations at once. */
  readonly conversations: number;
  readonly openingsPerS: number;
  readonly openingBurst: number;
  /** All its conversations together. */
  readonly messagesPerS: number;
  readonly messageBurst: number;
}

/** An eighth of all: an office or a campus behind one address has that many viewers at most, and may open them all at once. */
const NETWORK_CONVERSATIONS = 1_024;

export const NETWORK_LIMITS: NetworkLimits = {
  conversations: NETWORK_CONVERSATIONS,
  // Pages opened one after the other: 1,200 a minute.
  openingsPerS: 20,
  openingBurst: NETWORK_CONVERSATIONS,
  // A viewer that joins sends about a hundred, then one in some seconds: ten may join each second, eighty at once.
  messagesPerS: 1_000,
  messageBurst: 8_192,
};
