import type { SwarmPages } from "../../protocol/note.ts";
import type { Site } from "../live/site.ts";
import type { PageRead } from "./page-body.ts";

/** How its pages are made, as notes say it beside the content's name. */
export type Paging = SwarmPages extends infer Pages
  ? Pages extends SwarmPages
    ? Omit<Pages, "content">
    : never
  : never;

/** An on-demand content that may be shared: a file, or one rendition of a recording. */
export interface DemandContent {
  readonly site: Site;
  /** Without query, for the operator. */
  readonly path: string;
  /** Tells the renditions of one playlist apart; "" for a file. */
  readonly rendition: string;
  /** What tells it from every other content, also after a restart. */
  readonly words: readonly string[];
  readonly paging: Paging;
  /** Reads a page of it from the app, as a stranger. Never rejects. */
  read(page: number): Promise<PageRead>;
}
