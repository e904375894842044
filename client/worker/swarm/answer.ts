import type { Manifest } from "../../../protocol/manifest.ts";

/** What a swarm can answer a request with: a whole segment or file, of which the request may want a part. */
export type Answer = Pick<Manifest, "head" | "lengthBytes" | "firstPiece" | "pieceBytes" | "timeMs">;
