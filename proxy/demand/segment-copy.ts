import { webcrypto } from "node:crypto";
import type { ManifestHead } from "../../protocol/manifest.ts";
import type { HeaderList } from "../header-list.ts";
import type { AnonymousCopy } from "../live/ask-as-stranger.ts";
import { manifestHead } from "../swarm/manifest-head.ts";

/** A segment that may be shared. */
export interface SegmentCopy {
  readonly head: ManifestHead;
  /** As the app sent them, validators among them. */
  readonly headers: HeaderList;
  readonly body: Buffer;
  /** Of the body. */
  readonly hash: string;
}

/** The copy as it will be shared; undefined if its head is too long for a manifest. */
export async function segmentCopy(copy: AnonymousCopy): Promise<SegmentCopy | undefined> {
  const head = manifestHead(copy);
  if (head === undefined) return undefined;
  // Off the main thread, which a big segment would hold up.
  const hash = Buffer.from(await webcrypto.subtle.digest("SHA-256", copy.body)).toString("base64url");
  return { head, headers: copy.headers, body: copy.body, hash };
}
