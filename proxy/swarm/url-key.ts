import { createHash } from "node:crypto";
import { URL_KEY_BYTES } from "../../protocol/manifest.ts";

/** How a manifest names the request it answers; see Manifest.urlKey. */
export function urlKey(target: string): Uint8Array {
  return createHash("sha256").update(target).digest().subarray(0, URL_KEY_BYTES);
}
