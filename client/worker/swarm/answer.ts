import type { Manifest } from "../../../protocol/manifest.ts";

/** What a swarm can answer a request with: a whole segment or file, of which the request may want a part. */
export type Answer = Pick<Manifest, "head" | "lengthBytes" | "firstPiece" | "pieceBytes" | "timeMs">;

/** Whether an answer that has begun could be finished over HTTP: the service worker goes on from strong validators alone. */
export function canContinue({ head }: Pick<Answer, "head">): boolean {
  return head.headers.some(([name, value]) => name.toLowerCase() === "etag" && value.startsWith('"'));
}
