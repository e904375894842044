import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { dashListings } from "./dash-listings.ts";

const PLACE = { host: "site.test", target: "/live/a.mpd" };
const NOW_MS = Date.parse("2026-11-21T17:00:53Z");

const TIMELINE = `<SegmentTemplate timescale="1000" media="c-$RepresentationID$-$Number%05d$.m4s" initialization="i.mp4"
  startNumber="5"><SegmentTimeline><S t="44000" d="2000" r="1"/><S d="3000"/></SegmentTimeline></SegmentTemplate>`;
const NUMBERS = `<SegmentTemplate timescale="1000" duration="2000" media="d-$Number$.m4s" initialization="i.mp4" startNumber="1"/>`;

function manifest(template: string, { type = "dynamic", depth = 'timeShiftBufferDepth="PT10S"' } = {}): string {
  return `<?xml version="1.0"?><MPD xmlns="urn:mpeg:dash:schema:mpd:2011" type="${type}" ${depth}
    availabilityStartTime="2026-11-21T17:00:00Z" minimumUpdatePeriod="PT2S" mediaPresentationDuration="PT60S"><Period id="0" start="PT0S">
    <AdaptationSet mimeType="video/mp4">${template}<Representation id="7" bandwidth="1"/></AdaptationSet></Period></MPD>`;
}

test("a timeline is listed with its times", () => {
  assert.deepEqual(dashListings(manifest(TIMELINE), PLACE, NOW_MS), [
    {
      rendition: "7",
      targetMs: 3_000,
      hasEnded: false,
      segments: [
        { target: "/live/c-7-00005.m4s", order: 44_000, durationMs: 2_000 },
        { target: "/live/c-7-00006.m4s", order: 46_000, durationMs: 2_000 },
        { target: "/live/c-7-00007.m4s", order: 48_000, durationMs: 3_000 },
      ],
    },
  ]);
});

test("numbered segments are listed up to the newest that is whole by the clock", () => {
  const [listing] = dashListings(manifest(NUMBERS), PLACE, NOW_MS);
  assert.deepEqual(listing?.segments.at(-1), { target: "/live/d-26.m4s", order: 50_000, durationMs: 2_000 });
});

test("without a window, or with a long one, numbered segments are listed for a minute back, not since 1970", () => {
  const text = manifest(NUMBERS, { depth: "" }).replace("2026-11-21T17:00:00Z", "1970-01-01T00:00:00Z");
  assert.equal(dashListings(text, PLACE, NOW_MS)[0]?.segments.length, 30);
  const aDay = text.replace('type="dynamic"', 'type="dynamic" timeShiftBufferDepth="PT24H"');
  assert.equal(dashListings(aDay, PLACE, NOW_MS)[0]?.segments.length, 30);
});

for (const [what, template] of [
  ["a line that repeats a billion times", TIMELINE.replace('r="1"', 'r="1000000000"')],
  [
    "a line that repeats until now, from 1970",
    TIMELINE.replace('t="44000"', 't="-1700000000000"').replace('<S d="3000"/>', "").replace('r="1"', 'r="-1"'),
  ],
  ["segments of a millionth of a second", NUMBERS.replace('"2000"', '"1"').replace('"1000"', '"1000000"')],
  ["segments of no length", TIMELINE.replace('d="2000"', 'd="0"')],
]) {
  test(`${what} is not counted out`, () => assert.deepEqual(dashListings(manifest(template ?? ""), PLACE, NOW_MS), []));
}

test("a manifest that is static has ended and lists nothing", () => {
  const listings = dashListings(manifest(TIMELINE, { type: "static" }), PLACE, NOW_MS);
  assert.deepEqual(
    listings.map(({ rendition, hasEnded, segments }) => [rendition, hasEnded, segments.length]),
    [["7", true, 0]],
  );
});

test("no text makes it throw, and all it lists is of the same site", () => {
  const words = manifest(TIMELINE).split(/(?<=[\s<>="])/);
  const word = fc.oneof({ weight: 20, arbitrary: fc.constantFrom(...words) }, fc.string());
  const cut = fc.tuple(fc.nat(words.length), fc.nat(4), fc.array(word, { maxLength: 4 }));
  fc.assert(
    fc.property(fc.array(cut, { maxLength: 4 }), (cuts) => {
      const changed = [...words];
      for (const [at, count, others] of cuts) changed.splice(at, count, ...others);
      for (const { segments } of dashListings(changed.join(""), PLACE, NOW_MS)) {
        for (const { target, order } of segments) assert.ok(target.startsWith("/") && Number.isSafeInteger(order));
      }
    }),
    { numRuns: 300 },
  );
});
