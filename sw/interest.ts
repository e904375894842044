import { DOWNLOAD_EXTENSIONS, extensionOf, MEDIA_EXTENSIONS, NATIVE_HLS_EXTENSIONS } from "../protocol/media.ts";
import { DOWNLOAD_PARAM, PREFIX } from "../protocol/paths.ts";

/** The part of a Request that decides; a plain object so that the rule can be tested without a browser. */
export interface RequestFacts {
  readonly method: string;
  readonly mode: string;
  readonly destination: string;
  readonly cache: string;
  readonly integrity: string;
  readonly url: string;
}

/**
 * Why a request is ours: `media` = a media element's own, `segment` = a script's (hls.js, fetch), `download` = a download the
 * page took over, `playlist` = a native HLS player's playlist (passed through and read). Undefined: none of our business.
 */
export type Interest = "media" | "segment" | "download" | "playlist";

export function interestOf(facts: RequestFacts, origin: string): Interest | undefined {
  if (facts.method !== "GET" || facts.cache === "only-if-cached" || facts.integrity !== "") return undefined;
  const url = new URL(facts.url);
  if (url.origin !== origin || url.pathname.startsWith(PREFIX)) return undefined;
  const extension = extensionOf(url.pathname);
  switch (facts.destination) {
    case "video":
    case "audio":
      if (extension === "m3u8") return "playlist";
      return NATIVE_HLS_EXTENSIONS.includes(extension) ? undefined : "media";
    case "":
      return MEDIA_EXTENSIONS.includes(extension) || DOWNLOAD_EXTENSIONS.includes(extension) ? "segment" : undefined;
    case "document":
    case "iframe":
      return url.searchParams.has(DOWNLOAD_PARAM) ? "download" : undefined;
    default:
      return undefined;
  }
}
