import assert from "node:assert/strict";
import { test } from "node:test";
import { HeaderList } from "../header-list.ts";
import { deliverableRange } from "./deliverable.ts";

function range(status: number, headers: Record<string, string>) {
  return deliverableRange({ status, headers: new HeaderList(Object.entries(headers)) }, 65_536);
}

test("a whole video of known length is delivered from 0 to its end", () => {
  const headers = { "Content-Type": "video/mp4", "Content-Length": "100000" };
  assert.deepEqual(range(200, headers), { start: 0, end: 100_000, total: 100_000 });
});

test("a part is delivered where its Content-Range says", () => {
  const headers = { "content-type": "video/mp4", "content-range": "bytes 100-99999/200000" };
  assert.deepEqual(range(206, headers), { start: 100, end: 100_000, total: 200_000 });
});

test("a body of unknown length is delivered to wherever it ends", () => {
  assert.deepEqual(range(200, { "content-type": "audio/mpeg" }), { start: 0, end: null, total: null });
});

const PASSED: [why: string, status: number, headers: Record<string, string>][] = [
  ["an error", 404, { "content-type": "video/mp4", "content-length": "100000" }],
  ["a coded body", 200, { "content-type": "video/mp4", "content-encoding": "gzip" }],
  ["a small body", 200, { "content-type": "video/mp4", "content-length": "65535" }],
  ["a page", 200, { "content-type": "text/html", "content-length": "100000" }],
  ["several ranges", 206, { "content-type": "multipart/byteranges; boundary=x" }],
  ["a part without Content-Range", 206, { "content-type": "video/mp4" }],
  ["a part with a bent Content-Range", 206, { "content-type": "video/mp4", "content-range": "bytes 9-3/100" }],
];

for (const [why, status, headers] of PASSED) {
  test(`${why} passes as it is`, () => assert.equal(range(status, headers), undefined));
}
