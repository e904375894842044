import assert from "node:assert/strict";
import { test } from "node:test";
import { continues, headOf } from "./head.ts";

function partial(range: string, headers: Record<string, string> = { etag: '"v1"' }) {
  const head = headOf(new Response("", { status: 206, headers: { "content-range": range, ...headers } }));
  assert.ok(head);
  return head;
}

test("a whole answer runs from 0 to its Content-Length", () => {
  const head = headOf(new Response("", { headers: { "content-length": "10" } }));
  assert.deepEqual([head?.start, head?.end, head?.total], [0, 10, 10]);
});

test("a coded answer's length is unknown", () => {
  const head = headOf(new Response("", { headers: { "content-length": "10", "content-encoding": "gzip" } }));
  assert.equal(head?.end, undefined);
});

test("a 206 without a usable Content-Range is no head", () => {
  assert.equal(headOf(new Response("", { status: 206, headers: { "content-range": "bytes */10" } })), undefined);
  assert.equal(headOf(new Response("", { status: 206 })), undefined);
});

test("only the same content at the same byte continues a body", () => {
  const head = partial("bytes 0-99/100");
  assert.equal(continues(head, partial("bytes 40-99/100"), 40), true);
  assert.equal(continues(head, partial("bytes 41-99/100"), 40), false);
  assert.equal(continues(head, partial("bytes 40-99/101"), 40), false);
  assert.equal(continues(head, partial("bytes 40-99/100", { etag: '"v2"' }), 40), false);
});

test("a content known by its date has to keep its weak ETag, too", () => {
  const dated = (etag: string, modified = "Sat, 21 Nov 2026 10:00:00 GMT") =>
    ({ etag, "last-modified": modified, date: "Sat, 21 Nov 2026 11:00:00 GMT" }) as const;
  const head = partial("bytes 0-99/100", dated('W/"v1"'));
  assert.equal(continues(head, partial("bytes 40-99/100", dated('W/"v1"')), 40), true);
  assert.equal(continues(head, partial("bytes 40-99/100", dated('W/"v2"')), 40), false);
  const later = dated('W/"v1"', "Sat, 21 Nov 2026 10:00:01 GMT");
  assert.equal(continues(head, partial("bytes 40-99/100", later), 40), false);
});
