import assert from "node:assert/strict";
import { test } from "node:test";
import { parseNote } from "../../../protocol/note.ts";
import { manifestOf } from "../../../testing/manifests.ts";
import { noteOf } from "./swarm-note.ts";

const manifest = manifestOf(new Uint8Array(5_000), {
  head: {
    status: 200,
    statusText: "OK",
    headers: [
      ["Content-Type", "video/mp2t"],
      ["Content-Length", "1"],
      ["etag", '"a"'],
    ],
  },
});

test("a request for all is answered as the app would, with the length of what follows", () => {
  assert.deepEqual(noteOf(manifest, 9, undefined), {
    v: 1,
    status: 200,
    statusText: "OK",
    headers: [
      ["Content-Type", "video/mp2t"],
      ["etag", '"a"'],
      ["content-length", "5000"],
    ],
    stream: 9,
    start: 0,
    end: 5_000,
    total: 5_000,
  });
});

test("a range is answered with a 206 that names it, cut at the end", () => {
  for (const [range, start, end] of [
    ["bytes=0-", 0, 5_000],
    ["bytes=10-19", 10, 20],
    ["bytes=4000-9999", 4_000, 5_000],
  ] as const) {
    const note = noteOf(manifest, 9, range);
    assert.deepEqual([note?.status, note?.start, note?.end, note?.total], [206, start, end, 5_000]);
    const headers = new Map(note?.headers);
    assert.equal(headers.get("content-range"), `bytes ${start}-${end - 1}/5000`);
    assert.equal(headers.get("content-length"), String(end - start));
  }
});

test("ranges that are not satisfiable, several or nonsense are for the app", () => {
  for (const range of ["bytes=5000-", "bytes=-10", "bytes=0-1,3-4", "bytes=9-3", "x"]) {
    assert.equal(noteOf(manifest, 9, range), undefined);
  }
});

test("it is a note like any other", () => {
  const note = noteOf(manifest, 9, "bytes=1-");
  assert.deepEqual(parseNote(JSON.stringify(note)), note);
});
