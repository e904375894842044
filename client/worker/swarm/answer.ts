import type { Manifest } from "../../../protocol/manifest.ts";

/** What a swarm can answer a request with: a whole segment or file, of which the request may want a part. */
export type Answer = Pick<Manifest, "head" | "lengthBytes" | "firstPiece" | "pieceBytes" | "timeMs">;

/**
 * Whether an answer that has begun could be finished over HTTP: the service worker goes on from strong validators alone. A date would need the
 * answer's own beside it, which a head that members share does not have.
 */
export function canContinue({ head }: Pick<Answer, "head">): boolean {
  return head.headers.some(([name, value]) => name.toLowerCase() === "etag" && value.startsWith('"'));
}
