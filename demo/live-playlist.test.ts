import assert from "node:assert/strict";
import test from "node:test";
import {
  isServed,
  LOOP_SEGMENTS,
  livePlaylist,
  loopIndex,
  newestSegment,
  SEGMENT_MS,
  WINDOW_SEGMENTS,
} from "./live-playlist.ts";

const MINUTE_MS = SEGMENT_MS * LOOP_SEGMENTS;
const NOON_MS = Date.parse("2026-06-01T12:00:00Z");

/** Each listed segment with its number, date and discontinuity sequence, as a player understands the playlist. */
function readPlaylist(text: string) {
  const lines = text.trimEnd().split("\n");
  const numberOf = (tag: string) => Number(lines.find((line) => line.startsWith(`#EXT-X-${tag}:`))?.split(":")[1]);
  let discontinuity = numberOf("DISCONTINUITY-SEQUENCE");
  let date = "";
  const segments = [];
  for (const line of lines) {
    if (line === "#EXT-X-DISCONTINUITY") discontinuity += 1;
    if (line.startsWith("#EXT-X-PROGRAM-DATE-TIME:")) date = line.slice(25);
    if (!line.startsWith("#"))
      segments.push({ url: line, date, discontinuity, number: numberOf("MEDIA-SEQUENCE") + segments.length });
  }
  return segments;
}

test("a segment's URL, date and part of the loop never change while the window slides", () => {
  const seen = new Map<string, unknown>();
  for (let ms = NOON_MS; ms < NOON_MS + 2 * MINUTE_MS; ms += 500) {
    for (const segment of readPlaylist(livePlaylist(ms))) {
      assert.deepEqual(seen.get(segment.url) ?? segment, segment);
      seen.set(segment.url, segment);
    }
  }
  assert.equal(seen.size, 2 * LOOP_SEGMENTS + WINDOW_SEGMENTS - 1);
});

test("a discontinuity stands where the loop starts again, and only there", () => {
  for (let ms = NOON_MS; ms < NOON_MS + MINUTE_MS; ms += SEGMENT_MS) {
    const segments = readPlaylist(livePlaylist(ms));
    const wraps = segments.filter((segment, i) => i > 0 && segment.discontinuity !== segments[i - 1]?.discontinuity);
    for (const { number } of wraps) assert.equal(loopIndex(number), 0);
    const starts = segments.slice(1).filter(({ number }) => loopIndex(number) === 0);
    assert.equal(wraps.length, starts.length);
  }
});

test("the seconds of a segment's date are those burnt into its picture", () => {
  for (const { date, number } of readPlaylist(livePlaylist(NOON_MS + 17_300))) {
    assert.equal(new Date(date).getUTCSeconds() * 1000, loopIndex(number) * SEGMENT_MS);
  }
});

test("only what has been listed is served: nothing of the future, nothing long gone", () => {
  const newest = newestSegment(NOON_MS);
  assert.equal(isServed(newest, NOON_MS), true);
  assert.equal(isServed(newest + 1, NOON_MS), false);
  assert.equal(isServed(newest + 1, NOON_MS + SEGMENT_MS), true);
  assert.equal(isServed(newest - 60, NOON_MS), false);
});
