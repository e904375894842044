import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { HeaderList } from "../header-list.ts";
import { fileMark, isSameMark, isStrongMark } from "./file-mark.ts";

const of = (status: number, headers: Record<string, string>) =>
  fileMark({ status, headers: new HeaderList(Object.entries(headers)) });
const LAST = "Sat, 21 Nov 2026 12:00:00 GMT";

test("a whole and a part of one version have the same mark", () => {
  const whole = of(200, { etag: '"1"', "content-length": "500" });
  const part = of(206, { etag: '"1"', "content-length": "10", "content-range": "bytes 0-9/500" });
  assert.ok(whole !== undefined && part !== undefined && isSameMark(whole, part));
});

test("another ETag, Last-Modified or length is another version, a missing one too", () => {
  const mark = { etag: '"1"', lastModified: LAST, lengthBytes: 500 };
  for (const change of [{ etag: '"2"' }, { etag: undefined }, { lastModified: undefined }, { lengthBytes: 501 }]) {
    assert.equal(isSameMark(mark, { ...mark, ...change }), false);
  }
});

for (const [what, status, headers] of [
  ["a whole without its length", 200, { etag: '"1"' }],
  ["a part of an unknown whole", 206, { "content-range": "bytes 0-9/*" }],
  ["several parts", 206, { "content-type": "multipart/byteranges", "content-length": "500" }],
  ["an error", 404, { "content-length": "500" }],
] satisfies [string, number, Record<string, string>][]) {
  test(`${what} has no mark`, () => assert.equal(of(status, headers), undefined));
}

for (const [what, expected, etag, lastModified, date] of [
  ["a strong ETag", true, '"1"', undefined, undefined],
  ["an empty ETag", false, '""', undefined, undefined],
  ["a weak ETag", false, 'W/"1"', undefined, LAST],
  ["a Last-Modified a minute before the Date", true, 'W/"1"', "Sat, 21 Nov 2026 11:59:00 GMT", LAST],
  ["a Last-Modified less than a minute before the Date", false, undefined, "Sat, 21 Nov 2026 11:59:01 GMT", LAST],
  ["a Last-Modified without a Date", false, undefined, LAST, undefined],
  ["a bent Last-Modified", false, undefined, "yesterday", LAST],
] as const) {
  test(`${what} ${expected ? "tells" : "does not tell"} versions apart surely`, () =>
    assert.equal(isStrongMark({ etag, lastModified, lengthBytes: 1 }, date), expected));
}

test("no header makes it throw", () => {
  fc.assert(
    fc.property(fc.constantFrom(200, 206), fc.string(), fc.string(), (status, value, other) => {
      const mark = of(status, { "content-length": value, "content-range": other, etag: value, "last-modified": other });
      if (mark !== undefined) isStrongMark(mark, value);
    }),
  );
});
