import type { HeaderList } from "../header-list.ts";

/** What tells one version of a content from another without its bytes. */
export interface ContentMark {
  readonly etag: string | undefined;
  readonly lastModified: string | undefined;
  readonly lengthBytes: number;
}

/** The mark of a body of this length that came with these headers. */
export function contentMark(headers: HeaderList, lengthBytes: number): ContentMark {
  return { etag: headers.get("etag"), lastModified: headers.get("last-modified"), lengthBytes };
}

/**
 * Whether an answer whose body nobody has read is of the content with this mark: same validators, none missing, and the same length;
 * where the answer does not say its length, an ETag must tell.
 */
export function isSameContent(mark: ContentMark, headers: HeaderList): boolean {
  if (headers.get("etag") !== mark.etag || headers.get("last-modified") !== mark.lastModified) return false;
  const length = headers.get("content-length");
  return length === undefined ? Boolean(mark.etag) : length === String(mark.lengthBytes);
}
