import type { Manifest } from "../../../protocol/manifest.ts";
import type { Answer } from "../swarm/answer.ts";

/** What requests an on-demand content answers, told from its manifests. */
export interface PageCatalogue {
  /** False if the manifest is at odds with what the note says of the content: nothing of that page can be used. */
  add(manifest: Manifest): boolean;
  /** What this URL key is, if enough is known. */
  find(key: string): Answer | undefined;
  /** The page to ask for, so that {@link find} may know this key; undefined if nothing would help. */
  pageFor(key: string): number | undefined;
}
