import { createHash } from "node:crypto";
import { type Manifest, URL_KEY_BYTES } from "../protocol/manifest.ts";

/** A manifest of these bytes; unsigned, for parts that are handed verified ones. */
export function manifestOf(bytes: Uint8Array, fields: Partial<Manifest> & { readonly url?: string } = {}): Manifest {
  const { url = "/live/seg-0.ts", ...rest } = fields;
  const pieceBytes = rest.pieceBytes ?? 1_024;
  const count = Math.ceil(bytes.length / pieceBytes);
  return {
    swarm: 5,
    segment: 0,
    firstPiece: 0,
    pieceBytes,
    lengthBytes: bytes.length,
    timeMs: 0,
    urlKey: urlKeyOf(url),
    head: { status: 200, statusText: "OK", headers: [] },
    hashes: Array.from({ length: count }, (_, index) =>
      createHash("sha256")
        .update(bytes.subarray(index * pieceBytes, (index + 1) * pieceBytes))
        .digest(),
    ),
    ...rest,
  };
}

/** First half of the SHA-256 of a path and query. */
export function urlKeyOf(pathAndQuery: string): Uint8Array {
  return createHash("sha256").update(pathAndQuery).digest().subarray(0, URL_KEY_BYTES);
}
