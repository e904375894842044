import type { LoadedPage } from "../peer/swarm/page-shelf.ts";
import { decodeManifest, type ManifestHead, URL_KEY_BYTES } from "../protocol/manifest.ts";
import { urlKeyOf } from "./manifests.ts";
import type { OriginSigner } from "./origin-signer.ts";

/** A swarm's content in pieces of one length. */
interface Paged {
  readonly signer: OriginSigner;
  readonly swarm: number;
  readonly pieceBytes: number;
  readonly pagePieces: number;
}

/** Reads a page, as an origin does of its app. */
export type LoadPage = (page: number) => Promise<LoadedPage | undefined>;

const HEADERS: ManifestHead["headers"] = [
  ["content-type", "video/mp4"],
  ["etag", '"one"'],
];

/** The pages of one URL's content. */
export function filePages(paged: Paged, url: string, bytes: Uint8Array): LoadPage {
  const pageBytes = paged.pagePieces * paged.pieceBytes;
  return async (page) => {
    const start = page * pageBytes;
    if (start >= bytes.length) return undefined;
    const about = { url, page: { start, total: bytes.length } };
    return pageOf(paged, page, bytes.subarray(start, start + pageBytes), about);
  };
}

/** The pages of a recorded stream's segments, by URL, behind their index. */
export function renditionPages(paged: Paged, segments: ReadonlyMap<string, Uint8Array>): LoadPage {
  const urls = [...segments.keys()];
  const index = new Uint8Array(urls.length * URL_KEY_BYTES);
  for (const [at, url] of urls.entries()) index.set(urlKeyOf(url), at * URL_KEY_BYTES);
  return async (page) => {
    const url = urls[page - 1] ?? "";
    const bytes = page === 0 ? index : segments.get(url);
    return bytes && pageOf(paged, page, bytes, { url });
  };
}

function pageOf(
  { signer, swarm, pieceBytes, pagePieces }: Paged,
  page: number,
  bytes: Uint8Array,
  about: { readonly url: string; readonly page?: { readonly start: number; readonly total: number } },
): LoadedPage | undefined {
  const count = Math.ceil(bytes.length / pieceBytes);
  const pieces = Array.from({ length: count }, (_, at) => bytes.slice(at * pieceBytes, (at + 1) * pieceBytes));
  const head = { status: 200, statusText: "OK", headers: HEADERS, ...(about.page && { page: about.page }) } as const;
  const where = { swarm, segment: page, firstPiece: page * pagePieces, pieceBytes, urlKey: urlKeyOf(about.url) };
  const signed = signer.manifest(pieces, { ...where, timeMs: 0, head });
  const manifest = decodeManifest(signed);
  return manifest && { manifest, signed, pieces };
}
