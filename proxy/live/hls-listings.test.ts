import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { hlsListings } from "./hls-listings.ts";

const PLACE = { host: "site.test", target: "/live/low/index.m3u8?x=1" };
const LIVE = `#EXTM3U
#EXT-X-VERSION:6
#EXT-X-TARGETDURATION:4
#EXT-X-MEDIA-SEQUENCE:7
#EXT-X-MAP:URI="init.mp4"
#EXTINF:4,
a7.m4s?k=v
#EXT-X-DISCONTINUITY
#EXTINF:3.5,
/live/other/a8.m4s
`;

test("a live playlist lists its segments with their media sequence, discontinuities or not, and no map", () => {
  assert.deepEqual(hlsListings(LIVE, PLACE), [
    {
      rendition: "",
      targetMs: 4_000,
      hasEnded: false,
      segments: [
        { target: "/live/low/a7.m4s?k=v", order: 7, durationMs: 4_000 },
        { target: "/live/other/a8.m4s", order: 8, durationMs: 3_500 },
      ],
    },
  ]);
});

test("a playlist with an end says so", () => {
  assert.deepEqual(
    hlsListings(`${LIVE}#EXT-X-ENDLIST\n`, PLACE).map((listing) => listing.hasEnded),
    [true],
  );
});

for (const [what, text] of [
  ["a film", LIVE.replace("#EXT-X-VERSION:6", "#EXT-X-PLAYLIST-TYPE:VOD")],
  ["a master playlist", "#EXTM3U\n#EXT-X-STREAM-INF:BANDWIDTH=1\nlow/index.m3u8\n"],
  ["an error page", "<html>#EXTM3U</html>"],
  ["nothing", ""],
]) {
  test(`${what} lists nothing`, () => assert.deepEqual(hlsListings(text ?? "", PLACE), []));
}

test("byte ranges, other hosts and what is no URL are left out, and the others keep their numbers", () => {
  const text = `#EXTM3U
#EXT-X-TARGETDURATION:2
#EXTINF:2,
#EXT-X-BYTERANGE:100@0
all.ts
#EXTINF:2,
http://cdn.test/b.ts
#EXTINF:2,
http://
#EXTINF:2,
data:video/mp2t,x
#EXTINF:2,
https://site.test/c.ts
`;
  assert.deepEqual(hlsListings(text, PLACE)[0]?.segments, [{ target: "/c.ts", order: 4, durationMs: 2_000 }]);
});

test("parts are a rendition of their own, hints to come are not listed, byte ranges are left out", () => {
  const text = `${LIVE}#EXT-X-PART-INF:PART-TARGET=0.5
#EXT-X-PART:DURATION=0.5,URI="p9.0.m4s"
#EXT-X-PART:DURATION=0.5,URI="p9.1.m4s",BYTERANGE="10@0"
#EXT-X-PART:DURATION=0.5,URI="p9.2.m4s"
#EXT-X-PRELOAD-HINT:TYPE=PART,URI="p9.3.m4s"
`;
  assert.deepEqual(hlsListings(text, PLACE)[1], {
    rendition: "parts",
    targetMs: 500,
    hasEnded: false,
    segments: [
      { target: "/live/low/p9.0.m4s", order: 9_000, durationMs: 500 },
      { target: "/live/low/p9.2.m4s", order: 9_002, durationMs: 500 },
    ],
  });
});

test("a delta update counts the segments it skips", () => {
  const text = LIVE.replace("#EXT-X-MAP", "#EXT-X-SKIP:SKIPPED-SEGMENTS=10\n#EXT-X-MAP");
  assert.deepEqual(
    hlsListings(text, PLACE)[0]?.segments.map(({ order }) => order),
    [17, 18],
  );
});

test("of a long playlist the newest hundred are listed, with their numbers", () => {
  const segments = Array.from({ length: 5_000 }, (_, index) => `#EXTINF:2,\ns${index}.ts\n`);
  const [listing] = hlsListings(`#EXTM3U\n#EXT-X-MEDIA-SEQUENCE:10\n${segments.join("")}`, PLACE);
  assert.equal(listing?.segments.length, 100);
  assert.deepEqual(listing?.segments.at(-1), { target: "/live/low/s4999.ts", order: 5_009, durationMs: 2_000 });
});

test("a line that nobody would write is not parsed, one that says nothing of segments does no harm", () => {
  assert.deepEqual(hlsListings(`${LIVE}#EXT-X-DEFINE:${"A,".repeat(100_000)}\n`, PLACE), []);
  assert.equal(hlsListings(`${LIVE}#EXT-X-DATERANGE:${"A,".repeat(100_000)}\n`, PLACE)[0]?.segments.length, 2);
});

test("no text makes it throw, and all it lists is of the same site", () => {
  const tag = fc.constantFrom(...LIVE.split("\n"), "#EXT-X-PART:DURATION=-1", "#EXT-X-SKIP:", "#EXT-X-DEFINE:NAME=x");
  const line = fc.oneof(
    tag,
    fc.string(),
    fc.webUrl(),
    fc.string({ unit: "binary" }).map((text) => `#EXT-X-${text}`),
  );
  fc.assert(
    fc.property(fc.array(line), (lines) => {
      for (const { segments } of hlsListings(`#EXTM3U\n${lines.join("\n")}`, PLACE)) {
        for (const { target, order } of segments) assert.ok(target.startsWith("/") && Number.isSafeInteger(order));
      }
    }),
    { numRuns: 500 },
  );
});
