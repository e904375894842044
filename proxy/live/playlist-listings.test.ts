import assert from "node:assert/strict";
import { test } from "node:test";
import { PlaylistListings } from "./playlist-listings.ts";
import type { SeenPlaylist } from "./playlist-rule.ts";

const SEEN: SeenPlaylist = {
  site: { key: "a", host: "site.test", headers: [] },
  target: "/live/a.m3u8",
  kind: "hls",
  text: "#EXTM3U\n#EXTINF:2,\ns1.ts\n",
};
const DASH: SeenPlaylist = {
  ...SEEN,
  kind: "dash",
  text: `<MPD type="dynamic" availabilityStartTime="1970-01-01T00:00:00Z"><Period start="PT0S"><AdaptationSet mimeType="video/mp4">
    <SegmentTemplate duration="2" media="$Number$" startNumber="1"/><Representation id="1" bandwidth="1"/></AdaptationSet></Period></MPD>`,
};

test("a text given to many viewers is parsed once, whatever query they asked with", () => {
  const listings = new PlaylistListings();
  const first = listings.of(SEEN, 0);
  assert.equal(first.length, 1);
  assert.equal(listings.of({ ...SEEN, text: `${SEEN.text}`, target: "/live/a.m3u8?viewer=2" }, 99_999), first);
});

test("another text, or the same at another place, is another playlist", () => {
  const listings = new PlaylistListings();
  const targets = [SEEN, { ...SEEN, target: "/other/a.m3u8" }, { ...SEEN, text: `${SEEN.text}#EXTINF:2,\ns2.ts\n` }];
  assert.deepEqual(
    targets.map((seen) => listings.of(seen, 0)[0]?.segments.at(-1)?.target),
    ["/live/s1.ts", "/other/s1.ts", "/live/s2.ts"],
  );
});

test("a manifest that counts by the clock is counted again each second", () => {
  const listings = new PlaylistListings();
  const newest = (nowMs: number) => listings.of(DASH, nowMs)[0]?.segments.at(-1)?.target;
  assert.deepEqual([newest(100_000), newest(100_900), newest(102_000)], ["/live/50", "/live/50", "/live/51"]);
});
