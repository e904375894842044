import { type Manifest, pieceCount, URL_KEY_BYTES } from "../../../protocol/manifest.ts";
import type { Answer } from "../swarm/answer.ts";
import { keyText } from "../swarm/catalogue.ts";
import type { PageCatalogue } from "./catalogue.ts";

/** A recorded stream: page 0 lists the URL keys of all others, each of which is a segment. */
export class RenditionCatalogue implements PageCatalogue {
  readonly #pieceOf: (piece: number) => Uint8Array | undefined;
  readonly #manifests = new Map<number, Manifest>();
  /** Pages by key; undefined until the index is here. */
  #index: ReadonlyMap<string, number> | undefined;

  /** `pieceOf`: a verified piece's bytes while it is here. */
  constructor(pieceOf: (piece: number) => Uint8Array | undefined) {
    this.#pieceOf = pieceOf;
  }

  /** How many pieces the index has, once that is known. */
  get indexPieces(): number | undefined {
    const manifest = this.#manifests.get(0);
    return manifest && pieceCount(manifest);
  }

  /** Reads the index if it is here; true once it was read. */
  readIndex(): boolean {
    this.#index ??= this.#keys();
    return this.#index !== undefined;
  }

  add(manifest: Manifest): boolean {
    this.#manifests.set(manifest.segment, manifest);
    return true;
  }

  find(key: string): Answer | undefined {
    const page = this.pageFor(key);
    return page === undefined || page === 0 ? undefined : this.#manifests.get(page);
  }

  /** Page 0 while the index is not here. */
  pageFor(key: string): number | undefined {
    return this.readIndex() ? this.#index?.get(key) : 0;
  }

  #keys(): ReadonlyMap<string, number> | undefined {
    const manifest = this.#manifests.get(0);
    if (manifest === undefined) return undefined;
    const index = new Uint8Array(manifest.lengthBytes);
    for (let piece = 0; piece < pieceCount(manifest); piece += 1) {
      const bytes = this.#pieceOf(piece);
      if (bytes === undefined) return undefined;
      index.set(bytes, piece * manifest.pieceBytes);
    }
    const keys = new Map<string, number>();
    for (let page = 1; page * URL_KEY_BYTES <= index.length; page += 1) {
      const key = keyText(index.subarray((page - 1) * URL_KEY_BYTES, page * URL_KEY_BYTES));
      // A segment that a playlist lists twice is the same page.
      if (!keys.has(key)) keys.set(key, page);
    }
    return keys;
  }
}
