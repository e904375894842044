import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { recordedDash } from "./recorded-dash.ts";
import { recordedHls } from "./recorded-hls.ts";
import { RecordedListings } from "./recorded-listings.ts";

const PLACE = { host: "site.test", target: "/vod/index.m3u8?x=1" };
const HLS = `#EXTM3U
#EXT-X-TARGETDURATION:4
#EXT-X-MAP:URI="init.mp4"
#EXTINF:4,
a1.m4s?k=v
#EXTINF:3.5,
/other/a2.m4s
#EXTINF:4,
a1.m4s?k=v
#EXTINF:4,
#EXT-X-BYTERANGE:10@0
all.m4s
#EXTINF:4,
https://elsewhere.test/a3.m4s
`;

test("an ended playlist lists each whole segment of its site once, in order", () => {
  const segments = [
    { target: "/vod/a1.m4s?k=v", durationMs: 4_000 },
    { target: "/other/a2.m4s", durationMs: 3_500 },
  ];
  for (const end of ["#EXT-X-ENDLIST\n", "#EXT-X-PLAYLIST-TYPE:VOD\n"]) {
    assert.deepEqual(recordedHls(HLS + end, PLACE), [{ rendition: "", segments }]);
  }
});

for (const [what, text] of [
  ["a live playlist", HLS],
  ["a master playlist", "#EXTM3U\n#EXT-X-STREAM-INF:BANDWIDTH=1\nlow.m3u8\n#EXT-X-ENDLIST\n"],
  ["one of byte ranges alone", "#EXTM3U\n#EXTINF:4,\n#EXT-X-BYTERANGE:10@0\nall.ts\n#EXT-X-ENDLIST\n"],
  ["one of more than 10,000 segments", `#EXTM3U\n${"#EXTINF:1,\na.ts\n".repeat(10_001)}#EXT-X-ENDLIST\n`],
  ["what is no playlist", "<html>"],
] as const) {
  test(`${what} is no recording`, () => assert.deepEqual(recordedHls(text, PLACE), []));
}

const mpd = (set: string, rest = 'mediaPresentationDuration="PT10S"', type = "static") =>
  `<?xml version="1.0"?><MPD xmlns="urn:mpeg:dash:schema:mpd:2011" type="${type}" ${rest}><Period>
  <AdaptationSet mimeType="video/mp4" contentType="video">${set}</AdaptationSet></Period></MPD>`;
const template = (attributes: string, timeline = "") =>
  `<SegmentTemplate media="$RepresentationID$/$Number$.m4s" initialization="i.mp4" ${attributes}>${timeline}</SegmentTemplate>
  <Representation id="v1" bandwidth="1" codecs="avc1.4d401f"/><Representation id="v2" bandwidth="2" codecs="avc1.4d401f"/>`;
const targets = (text: string) =>
  recordedDash(text, PLACE).map(({ rendition, segments }) => [rendition, ...segments.map(({ target }) => target)]);

test("a static manifest lists each representation's segments, numbered", () => {
  assert.deepEqual(targets(mpd(template('duration="4" startNumber="1"'))), [
    ["v1", "/vod/v1/1.m4s", "/vod/v1/2.m4s", "/vod/v1/3.m4s"],
    ["v2", "/vod/v2/1.m4s", "/vod/v2/2.m4s", "/vod/v2/3.m4s"],
  ]);
});

test("and by a timeline, with their durations", () => {
  const timeline = '<SegmentTimeline><S t="0" d="4" r="1"/><S d="2"/></SegmentTimeline>';
  assert.deepEqual(
    recordedDash(mpd(template('startNumber="1"', timeline)), PLACE)[0]?.segments.map(({ durationMs }) => durationMs),
    [4_000, 4_000, 2_000],
  );
});

for (const [what, text] of [
  ["a live manifest", mpd(template('duration="4"'), 'availabilityStartTime="1970-01-01T00:00:00Z"', "dynamic")],
  [
    "a single file",
    mpd(
      '<Representation id="v" bandwidth="1"><BaseURL>a.mp4</BaseURL><SegmentBase indexRange="0-9"/></Representation>',
    ),
  ],
  [
    "a single file without an index",
    mpd('<Representation id="v" bandwidth="1"><BaseURL>a.mp4</BaseURL></Representation>'),
  ],
  ["a recording of a million years", mpd(template('duration="4"'), 'mediaPresentationDuration="P1000000Y"')],
  ["segments of a billionth of a second", mpd(template('duration="1" timescale="1000000000"'))],
  ["an end far beyond its end", mpd(template('duration="4" endNumber="1000000000"'))],
  [
    "a line that repeats a billion times",
    mpd(template("", '<SegmentTimeline><S t="0" d="1" r="999999999"/></SegmentTimeline>')),
  ],
  ["what is no manifest", "<html>"],
] as const) {
  test(`${what} is no recording`, () => assert.deepEqual(recordedDash(text, PLACE), []));
}

test("a text that looks like a playlist never throws", () => {
  const lines = fc.array(
    fc.oneof(
      fc.constantFrom(
        "#EXTM3U",
        "#EXTINF:4,",
        "#EXT-X-ENDLIST",
        "#EXT-X-BYTERANGE:1@",
        "a.ts",
        "#EXT-X-MAP:",
        "<MPD",
        "/>",
      ),
      fc.string(),
    ),
  );
  fc.assert(
    fc.property(lines, (some) => {
      const text = `#EXTM3U\n${some.join("\n")}\n#EXT-X-ENDLIST`;
      recordedHls(text, PLACE);
      recordedDash(`<MPD type="static">${some.join("")}`, PLACE);
    }),
  );
});

test("a text is read once, whoever is given it; a live one not at all", () => {
  const listings = new RecordedListings();
  const site = { key: "a", host: "site.test", headers: [] };
  const of = (text: string) => listings.of({ site, target: "/vod/a.m3u8", kind: "hls", text });
  const text = `${HLS}#EXT-X-ENDLIST\n`;
  assert.equal(of(text).length, 1);
  assert.equal(of(text), of(text));
  assert.deepEqual(of(HLS), []);
});
