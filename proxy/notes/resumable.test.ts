import assert from "node:assert/strict";
import { test } from "node:test";
import { HeaderList } from "../header-list.ts";
import { deliverableRange } from "./deliverable.ts";
import { isResumable } from "./resumable.ts";

const ETAG = { etag: '"v1"' };
const WEAK = { etag: 'W/"v1"', date: "Sat, 21 Nov 2026 11:00:00 GMT" };
const DATED = { ...WEAK, "last-modified": "Sat, 21 Nov 2026 10:00:00 GMT" };
const LENGTH = { "content-length": "100000000" };
const SEGMENT = { "content-length": "16777216" };
const RANGES = { "accept-ranges": "bytes" };
const PART = { "content-range": "bytes 0-99999/200000" };
const OPEN = { range: "bytes=0-" };
const CLOSED = { range: "bytes=0-99999" };

type Headers = Record<string, string>;

const CASES: [what: string, resumable: boolean, asked: Headers, status: number, headers: Headers][] = [
  ["a whole body with a strong ETag of an app with ranges", true, {}, 200, { ...ETAG, ...LENGTH, ...RANGES }],
  ["one with an old date beside a weak ETag", true, {}, 200, { ...DATED, ...LENGTH, ...RANGES }],
  ["one with a weak ETag alone", false, {}, 200, { ...WEAK, ...LENGTH, ...RANGES }],
  ["one without a validator", false, {}, 200, { ...LENGTH, ...RANGES }],
  ["one of unknown length", false, {}, 200, { ...ETAG, ...RANGES }],
  ["one of an app that has no ranges", false, {}, 200, { ...ETAG, ...LENGTH, "accept-ranges": "none" }],
  ["one of an app that does not say so", false, {}, 200, { ...ETAG, ...LENGTH }],
  ["a whole body in place of the part that was asked for", false, CLOSED, 200, { ...DATED, ...LENGTH }],
  ["a whole segment of an app that says nothing of it", true, {}, 200, SEGMENT],
  ["an archive of that size", false, {}, 200, { ...SEGMENT, "content-type": "application/zip" }],
  ["the rest of a content with a validator", true, OPEN, 206, { ...ETAG, ...PART }],
  ["the rest of a content without", false, OPEN, 206, PART],
  ["the rest of a content of unknown length", false, OPEN, 206, { ...ETAG, "content-range": "bytes 0-99999/*" }],
  ["a part, which elements and players ask for again", true, CLOSED, 206, PART],
];

for (const [what, resumable, asked, status, headers] of CASES) {
  test(`${what} ${resumable ? "can" : "cannot"} be had whole if the link is lost`, () => {
    const answer = { status, headers: new HeaderList(Object.entries({ "content-type": "video/mp4", ...headers })) };
    const range = deliverableRange(answer, 0);
    assert.ok(range);
    assert.equal(isResumable(new HeaderList(Object.entries(asked)), answer, range), resumable);
  });
}
