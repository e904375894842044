import type { Manifest } from "../../../protocol/manifest.ts";
import type { SwarmPages } from "../../../protocol/note.ts";
import type { Answer } from "../swarm/answer.ts";
import { keyText } from "../swarm/catalogue.ts";
import type { PageCatalogue } from "./catalogue.ts";

/** One URL's content: each page's manifest has the whole head, so any of them is enough to answer a request for any part. */
export class FileCatalogue implements PageCatalogue {
  readonly #pages: Extract<SwarmPages, { kind: "file" }>;
  #known: { readonly key: string; readonly answer: Answer } | undefined;

  constructor(pages: Extract<SwarmPages, { kind: "file" }>) {
    this.#pages = pages;
  }

  add({ segment, pieceBytes, lengthBytes, urlKey, head, timeMs }: Manifest): boolean {
    const { totalBytes, pagePieces } = this.#pages;
    const start = segment * pagePieces * this.#pages.pieceBytes;
    const fits =
      pieceBytes === this.#pages.pieceBytes &&
      head.page?.start === start &&
      head.page.total === totalBytes &&
      lengthBytes === Math.min(pagePieces * pieceBytes, totalBytes - start);
    if (fits) {
      this.#known ??= {
        key: keyText(urlKey),
        answer: { head, lengthBytes: totalBytes, firstPiece: 0, pieceBytes, timeMs },
      };
    }
    return fits;
  }

  find(key: string): Answer | undefined {
    return this.#known?.key === key ? this.#known.answer : undefined;
  }

  /** Which URL it is nobody can tell from the key; the member asks for a page as soon as there is anybody to ask. */
  pageFor(): undefined {
    return undefined;
  }
}
