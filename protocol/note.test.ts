import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { type Note, parseNote } from "./note.ts";

const NOTE: Note = {
  v: 1,
  status: 206,
  statusText: "Partial Content",
  headers: [["Content-Type", "video/mp4"]],
  stream: 7,
  start: 0,
  end: 10,
  total: null,
};

test("a note comes back as it was", () => {
  assert.deepEqual(parseNote(JSON.stringify(NOTE)), NOTE);
});

for (const [rule, change] of [
  ["of another version", { v: 2 }],
  ["with a status that carries no media", { status: 304 }],
  ["with a line break in a header", { headers: [["a", "b\r\nc: d"]] }],
  ["with a header that has no name", { headers: [["", "b"]] }],
  ["with a negative start", { start: -1 }],
  ["with an end beyond exact numbers", { end: 2 ** 53 }],
  ["without a stream", { stream: undefined }],
] as const) {
  test(`a note ${rule} is none`, () => {
    assert.equal(parseNote(JSON.stringify({ ...NOTE, ...change })), undefined);
  });
}

test("any text is a note or none and never throws", () => {
  fc.assert(fc.property(fc.oneof(fc.string(), fc.json()), (text) => void parseNote(text)));
});

test("a note with any part replaced by anything is a note or none and never throws", () => {
  fc.assert(
    fc.property(fc.constantFrom(...Object.keys(NOTE)), fc.jsonValue(), (key, value) => {
      parseNote(JSON.stringify({ ...NOTE, [key]: value }));
    }),
  );
});
