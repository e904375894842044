import { MAX_MANIFEST_HEAD_BYTES, type ManifestHead } from "../../protocol/manifest.ts";
import { HeaderList } from "../header-list.ts";
import { manifestHead } from "../swarm/manifest-head.ts";

/**
 * The answer that a stranger would have had for the whole file, from the one for a part of it; undefined if it is too long for a manifest,
 * where a page's place comes beside it.
 */
export function fileHead(part: HeaderList, totalBytes: number): ManifestHead | undefined {
  const headers = new HeaderList(part.entries());
  headers.delete("content-range");
  headers.set("content-length", String(totalBytes));
  const head = manifestHead({ statusText: "OK", headers });
  const longest = JSON.stringify({ ...head, page: { start: totalBytes, total: totalBytes } });
  return Buffer.byteLength(longest) > MAX_MANIFEST_HEAD_BYTES ? undefined : head;
}
