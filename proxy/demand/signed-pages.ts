import { LRUCache } from "lru-cache";
import type { LoadedPage } from "../../peer/swarm/page-shelf.ts";
import type { Manifest } from "../../protocol/manifest.ts";
import { cutSegment } from "../swarm/cut-segment.ts";
import type { OriginKey } from "../swarm/origin-key.ts";
import { signManifest } from "../swarm/sign-manifest.ts";
import type { PageBody, PageRead } from "./page-body.ts";

/** Where a page is read and what it becomes a page of. */
export interface PageSource {
  readonly swarm: number;
  readonly pagePieces: number;
  read(page: number): Promise<PageRead>;
}

export interface SignedPagesOptions {
  readonly key: OriginKey;
  /** The origin's time, in milliseconds since 1970. */
  readonly wallMs: () => number;
  /** Bytes of pages kept for who asks next, all swarms together. */
  readonly keepBytes: number;
}

/** `mixed`: what the app says is the same content has other bytes than before. */
export type PageLoad = LoadedPage | "changed" | "mixed" | undefined;

type SignedManifest = Omit<LoadedPage, "pieces">;

/** Signed manifests are a thousandth of what they sign: these are of 10 GB and more. */
const KEEP_MANIFEST_BYTES = 16 * 1_048_576;

/** Reads pages, cuts, hashes and signs them: each is signed once, and its bytes are kept while there is room. */
export class SignedPages {
  readonly #options: SignedPagesOptions;
  readonly #pages: LRUCache<string, LoadedPage>;
  /** Kept longer than the pages. A page read again must be what was signed: members would take the origin for a liar. */
  readonly #manifests = new LRUCache<string, SignedManifest>({
    maxSize: KEEP_MANIFEST_BYTES,
    // The hashes are views into the cut; each is an object of its own.
    sizeCalculation: ({ signed }) => 3 * signed.length,
  });
  readonly #loading = new Map<string, Promise<PageLoad>>();

  constructor(options: SignedPagesOptions) {
    this.#options = options;
    this.#pages = new LRUCache({
      maxSize: options.keepBytes,
      sizeCalculation: ({ manifest }) => manifest.lengthBytes,
    });
  }

  /** The page, read from the app unless it is here; once, however many ask meanwhile. Never rejects unless `source.read` does. */
  load(source: PageSource, page: number): Promise<PageLoad> {
    const key = `${source.swarm} ${page}`;
    const kept = this.#pages.get(key);
    if (kept !== undefined) return Promise.resolve(kept);
    const loading = this.#loading.get(key) ?? this.#begin(key, source, page);
    return loading;
  }

  /** This page is to be read again, and may have other bytes then. */
  forget(swarm: number, page: number): void {
    this.#pages.delete(`${swarm} ${page}`);
  }

  /** The swarm is over. */
  forgetAll(swarm: number): void {
    for (const cache of [this.#pages, this.#manifests]) {
      for (const key of [...cache.keys()]) if (key.startsWith(`${swarm} `)) cache.delete(key);
    }
  }

  #begin(key: string, source: PageSource, page: number): Promise<PageLoad> {
    const loading = this.#load(key, source, page).finally(() => this.#loading.delete(key));
    this.#loading.set(key, loading);
    return loading;
  }

  async #load(key: string, source: PageSource, page: number): Promise<PageLoad> {
    const body = await source.read(page);
    if (body === undefined || body === "changed") return body;
    const { pieces, hashes } = await cutSegment(body.bytes, body.pieceBytes);
    const signed = this.#manifests.get(key) ?? this.#sign(source, page, body, hashes);
    if (!isSame(signed.manifest.hashes, hashes)) return "mixed";
    const loaded = { ...signed, pieces };
    this.#manifests.set(key, signed);
    this.#pages.set(key, loaded);
    return loaded;
  }

  #sign(source: PageSource, page: number, body: PageBody, hashes: readonly Uint8Array[]): SignedManifest {
    const { swarm, pagePieces } = source;
    const { urlKey, head, pieceBytes, bytes } = body;
    const manifest: Manifest = {
      swarm,
      segment: page,
      firstPiece: page * pagePieces,
      pieceBytes,
      lengthBytes: bytes.length,
      timeMs: Math.floor(this.#options.wallMs()),
      urlKey,
      head,
      hashes,
    };
    return { manifest, signed: signManifest(this.#options.key, manifest) };
  }
}

function isSame(one: readonly Uint8Array[], other: readonly Uint8Array[]): boolean {
  return Buffer.concat(one).equals(Buffer.concat(other));
}
