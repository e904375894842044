import type { ManifestHead } from "../../protocol/manifest.ts";

/** A page of an on-demand content as strangers get it. */
export interface PageBody {
  readonly urlKey: Uint8Array;
  readonly head: ManifestHead;
  readonly pieceBytes: number;
  readonly bytes: Uint8Array;
  /** How long it plays; absent: nobody knows. */
  readonly durationMs?: number;
}

/** `changed`: the content is not what it was, or not public any more. Undefined: it cannot be had now, or there is no such page. */
export type PageRead = PageBody | "changed" | undefined;
