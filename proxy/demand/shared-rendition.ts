import { URL_KEY_BYTES } from "../../protocol/manifest.ts";
import { type ContentMark, contentMark } from "../live/same-content.ts";
import type { Site } from "../live/site.ts";
import { urlKey } from "../swarm/url-key.ts";
import type { DemandContent } from "./demand-content.ts";
import type { PageRead } from "./page-body.ts";
import { RENDITION_PAGE_PIECES, segmentPieceBytes } from "./piece-size.ts";
import type { RecordedSegment } from "./recorded-listing.ts";
import type { SegmentCopy } from "./segment-copy.ts";

export interface SharedRenditionOptions {
  readonly site: Site;
  /** The playlist's path, without its query. */
  readonly path: string;
  readonly rendition: string;
  /** What tells the playlist from others. */
  readonly key: string;
  readonly segments: readonly RecordedSegment[];
  /** A stranger's copy of the first segment: what tells this encoding from others with the same names. */
  readonly first: SegmentCopy;
  /** Asks the app for a segment as a stranger; undefined: it cannot be had, or may not be shared. Never rejects. */
  readonly ask: (target: string) => Promise<SegmentCopy | undefined>;
}

/** A rendition of a recording as a swarm has it: its index, then its segments, each a page. */
export class SharedRendition implements DemandContent {
  readonly site: Site;
  readonly path: string;
  readonly rendition: string;
  readonly words: readonly string[];
  readonly paging = { kind: "rendition", pagePieces: RENDITION_PAGE_PIECES } as const;
  readonly #segments: readonly RecordedSegment[];
  readonly #ask: SharedRenditionOptions["ask"];
  readonly #marks = new Map<number, ContentMark>();
  /** Until it is read as a page. */
  #first: SegmentCopy | undefined;

  constructor({ site, path, rendition, key, segments, first, ask }: SharedRenditionOptions) {
    this.site = site;
    this.path = path;
    this.rendition = rendition;
    this.words = ["rendition", key, first.hash];
    this.#segments = segments;
    this.#ask = ask;
    this.#first = first;
  }

  /** The mark of the segment that was read as this page, if it could be had the last time. */
  mark(page: number): ContentMark | undefined {
    return this.#marks.get(page);
  }

  async read(page: number): Promise<PageRead> {
    if (page === 0) return this.#index();
    const segment = this.#segments[page - 1];
    if (segment === undefined) return undefined;
    const copy = (page === 1 ? this.#takeFirst() : undefined) ?? (await this.#ask(segment.target));
    this.#marks.delete(page);
    if (copy === undefined) return undefined;
    const { head, headers, body } = copy;
    this.#marks.set(page, contentMark(headers, body.length));
    const { target, durationMs } = segment;
    const pieceBytes = segmentPieceBytes(body.length);
    return { urlKey: urlKey(target), head, pieceBytes, bytes: body, ...(durationMs > 0 && { durationMs }) };
  }

  /** The URL keys of all segments. It answers no request, so its own key is no URL's. */
  #index(): PageRead {
    const bytes = Buffer.concat(this.#segments.map(({ target }) => urlKey(target)));
    const head = { status: 200, statusText: "", headers: [] } as const;
    return { urlKey: new Uint8Array(URL_KEY_BYTES), head, pieceBytes: segmentPieceBytes(bytes.length), bytes };
  }

  #takeFirst(): SegmentCopy | undefined {
    const first = this.#first;
    this.#first = undefined;
    return first;
  }
}
