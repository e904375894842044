import type { Manifest } from "../../protocol/manifest.ts";

/** A page as the origin serves it. */
export interface LoadedPage {
  readonly manifest: Manifest;
  readonly signed: Uint8Array;
  /** In order, as the manifest promises them. */
  readonly pieces: readonly Uint8Array[];
}

export interface PageShelfOptions {
  /** Undefined: there is no such page, or it cannot be had. */
  readonly load: (page: number) => Promise<LoadedPage | undefined>;
  readonly keepBytes: number;
}

/** The pages that were asked for last, as many as there is room for, each loaded once however many ask for it meanwhile. */
export class PageShelf {
  readonly #options: PageShelfOptions;
  /** The one used last at the end. */
  readonly #pages = new Map<number, LoadedPage>();
  #bytes = 0;

  constructor(options: PageShelfOptions) {
    this.#options = options;
  }

  get(page: number): LoadedPage | undefined {
    const loaded = this.#pages.get(page);
    if (loaded === undefined) return undefined;
    this.#pages.delete(page);
    this.#pages.set(page, loaded);
    return loaded;
  }

  /** As {@link get}, but says nothing of its use. */
  peek(page: number): LoadedPage | undefined {
    return this.#pages.get(page);
  }

  async load(page: number): Promise<LoadedPage | undefined> {
    const loaded = await this.#options.load(page).catch(() => undefined);
    if (loaded === undefined || this.#pages.has(page)) return loaded;
    this.#pages.set(page, loaded);
    this.#bytes += bytesOf(loaded);
    this.#trim();
    return loaded;
  }

  /** The newest page stays, however big. */
  #trim(): void {
    for (const [page, loaded] of this.#pages) {
      if (this.#bytes <= this.#options.keepBytes || this.#pages.size === 1) return;
      this.#pages.delete(page);
      this.#bytes -= bytesOf(loaded);
    }
  }
}

function bytesOf({ pieces }: LoadedPage): number {
  return pieces.reduce((sum, { length }) => sum + length, 0);
}
