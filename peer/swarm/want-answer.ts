import type { MemberLink } from "./member-ports.ts";

/** Repairs that would wait longer than this are put off: the asker has time to go elsewhere. */
const MAX_QUEUE_MS = 400;
/** What comes on top, spread so that all who were put off do not come back together. */
const SPREAD_MS = 200;
/** Whoever asks for what is not here learns better from the next HAVE. */
const ABSENT_MS = 1_000;
/** The longest delay that is told: meanwhile the line may have recovered, or more may be sent. */
const MAX_LATER_MS = 4_000;

/** Sends the piece asked for, or says that it cannot come now; `bytes` undefined: it is not here. */
export function answerWant(link: MemberLink, piece: number, bytes: Uint8Array | undefined, random: () => number): void {
  if (bytes === undefined) return link.sendLater(piece, ABSENT_MS);
  const waitMs = link.queueMs(true) - MAX_QUEUE_MS;
  if (waitMs > 0) return link.sendLater(piece, Math.min(MAX_LATER_MS, waitMs + SPREAD_MS * (1 + random())));
  // It may be queued as a push: asked for, it is urgent.
  link.dropPiece(piece);
  link.sendPiece(piece, bytes, true);
}
