import assert from "node:assert/strict";
import { test } from "node:test";
import { planRequest } from "./request-plan.ts";

function request(headers: [string, string][], url = "https://site.test/a.mp4") {
  return { url, headers };
}

test("a media element's first open range is cut to 256 KiB, later ones to 4 MiB", () => {
  const first = planRequest(request([["range", "bytes=0-"]]), "media", false);
  const later = planRequest(request([["range", "bytes=5000-"]]), "media", false);
  assert.deepEqual([first.start, first.end, first.headers], [0, 262_144, [["range", "bytes=0-262143"]]]);
  assert.deepEqual([later.start, later.end], [5_000, 5_000 + 4_194_304]);
});

test("while the link is being made later ranges are cut to 512 KiB", () => {
  const later = planRequest(request([["range", "bytes=5000-"]]), "media", true);
  assert.deepEqual([later.start, later.end], [5_000, 5_000 + 524_288]);
});

test("a closed range is asked for as it is", () => {
  const plan = planRequest(request([["range", "bytes=10-19"]]), "media", false);
  assert.deepEqual([plan.start, plan.end, plan.headers], [10, 20, [["range", "bytes=10-19"]]]);
});

test("a script's open range is not cut", () => {
  assert.deepEqual(planRequest(request([["range", "bytes=7-"]]), "segment", false).headers, [["range", "bytes=7-"]]);
});

test("a range we do not understand reaches the app unchanged", () => {
  for (const range of ["bytes=-500", "bytes=0-1,5-9", "bytes=9-3", "lines=1-2"]) {
    const plan = planRequest(request([["range", range]]), "media", false);
    assert.deepEqual([plan.start, plan.headers], [null, [["range", range]]]);
  }
});

test("other headers stay", () => {
  const plan = planRequest(
    request([
      ["accept", "*/*"],
      ["authorization", "Bearer x"],
    ]),
    "segment",
    false,
  );
  assert.deepEqual(plan, {
    url: "https://site.test/a.mp4",
    headers: [
      ["accept", "*/*"],
      ["authorization", "Bearer x"],
    ],
    start: 0,
    end: undefined,
  });
});

test("a download's mark never reaches the app", () => {
  const plan = planRequest(request([], "https://site.test/f.zip?a=1&__tuber_dl=f.zip"), "download", false);
  assert.equal(plan.url, "https://site.test/f.zip?a=1");
});
