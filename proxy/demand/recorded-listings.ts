import { LRUCache } from "lru-cache";
import type { PlaylistKind } from "../live/playlist-kind.ts";
import type { SeenPlaylist } from "../live/playlist-rule.ts";
import { recordedDash } from "./recorded-dash.ts";
import { recordedHls } from "./recorded-hls.ts";
import type { RecordedListing } from "./recorded-listing.ts";

/** Characters of the playlists remembered. */
const MAX_CHARS = 8_388_608;

/** Spares most live playlists, each of which is new, the reading. */
const IS_LIVE: Record<PlaylistKind, (text: string) => boolean> = {
  hls: (text) => !/^#EXT-X-(ENDLIST|PLAYLIST-TYPE:VOD)/m.test(text),
  dash: (text) => text.includes('type="dynamic"'),
};

/** What playlists of recordings list. Each text is parsed once, however many viewers are given it. */
export class RecordedListings {
  readonly #known = new LRUCache<string, readonly RecordedListing[]>({
    maxSize: MAX_CHARS,
    sizeCalculation: (_listings, key) => key.length,
  });

  of({ site, target, kind, text }: SeenPlaylist): readonly RecordedListing[] {
    if (IS_LIVE[kind](text)) return [];
    const path = target.split("?", 1)[0] ?? "";
    const key = [kind, site.host, path, text].join("\n");
    const known = this.#known.get(key);
    if (known !== undefined) return known;
    const place = { host: site.host, target };
    const listings = kind === "hls" ? recordedHls(text, place) : recordedDash(text, place);
    this.#known.set(key, listings);
    return listings;
  }
}
