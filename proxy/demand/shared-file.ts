import type { ManifestHead } from "../../protocol/manifest.ts";
import type { ContentMark } from "../live/same-content.ts";
import type { Site } from "../live/site.ts";
import { urlKey } from "../swarm/url-key.ts";
import type { DemandContent, Paging } from "./demand-content.ts";
import type { AnonymousPart, PartPlace, PartRefusal } from "./fetch-part.ts";
import { isSameMark, markKey } from "./file-mark.ts";
import type { PageRead } from "./page-body.ts";
import { FILE_PAGE_PIECES, filePieceBytes } from "./piece-size.ts";

/** A version of a file that strangers may have. */
export interface FileVersion {
  readonly site: Site;
  /** Path and query. */
  readonly target: string;
  readonly mark: ContentMark;
  readonly head: ManifestHead;
}

/** Asks the app for a part as a stranger; `late`: too much else is being asked for. Never rejects. */
export type AskForPart = (place: PartPlace) => Promise<AnonymousPart | PartRefusal | "late">;

/** One version of a file, read page by page. */
export class SharedFile implements DemandContent {
  readonly site: Site;
  readonly path: string;
  readonly rendition = "";
  readonly words: readonly string[];
  readonly paging: Paging & { readonly kind: "file" };
  readonly #version: FileVersion;
  readonly #ask: AskForPart;

  constructor(version: FileVersion, ask: AskForPart) {
    const { site, target, mark } = version;
    const totalBytes = mark.lengthBytes;
    this.#version = version;
    this.#ask = ask;
    this.site = site;
    this.path = target.split("?", 1)[0] ?? "";
    this.words = ["file", site.key, target, markKey(mark)];
    this.paging = { kind: "file", pagePieces: FILE_PAGE_PIECES, pieceBytes: filePieceBytes(totalBytes), totalBytes };
  }

  async read(page: number): Promise<PageRead> {
    const { site, target, mark, head } = this.#version;
    const { pagePieces, pieceBytes, totalBytes } = this.paging;
    const start = page * pagePieces * pieceBytes;
    const end = Math.min(start + pagePieces * pieceBytes, totalBytes);
    if (start >= end) return undefined;
    const part = await this.#ask({ site, target, start, end });
    if (part === "failed" || part === "late") return undefined;
    if (typeof part === "string" || !isSameMark(part.mark, mark)) return "changed";
    return {
      urlKey: urlKey(target),
      head: { ...head, page: { start, total: totalBytes } },
      pieceBytes,
      bytes: part.body,
    };
  }
}
