import { ABSENT_MS, laterMs, MAX_QUEUE_MS } from "./later.ts";
import type { MemberLink } from "./member-ports.ts";

/** Sends the piece asked for, or says that it cannot come now; `bytes` undefined: it is not here. */
export function answerWant(link: MemberLink, piece: number, bytes: Uint8Array | undefined, random: () => number): void {
  if (bytes === undefined) return link.sendLater(piece, ABSENT_MS);
  const waitMs = link.queueMs(true) - MAX_QUEUE_MS;
  if (waitMs > 0) return link.sendLater(piece, laterMs(waitMs, random));
  // It may be queued as a push: asked for, it is urgent.
  link.dropPiece(piece);
  link.sendPiece(piece, bytes, true);
}
