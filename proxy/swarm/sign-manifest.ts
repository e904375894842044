import { encodeManifest, type Manifest } from "../../protocol/manifest.ts";
import type { OriginKey } from "./origin-key.ts";

/** The manifest's bytes with the origin's signature behind them. */
export function signManifest(key: OriginKey, manifest: Manifest): Uint8Array {
  const bytes = encodeManifest(manifest);
  return Buffer.concat([bytes, key.sign(bytes)]);
}
