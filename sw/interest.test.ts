import assert from "node:assert/strict";
import { test } from "node:test";
import { interestOf, type RequestFacts } from "./interest.ts";

const ORIGIN = "https://site.test";

function facts(path: string, destination: string, more: Partial<RequestFacts> = {}): RequestFacts {
  const url = new URL(path, ORIGIN).href;
  return { method: "GET", mode: "cors", destination, cache: "default", integrity: "", url, ...more };
}

const CASES: [name: string, request: RequestFacts, interest: string | undefined][] = [
  ["a video element's file", facts("/a.mp4", "video"), "media"],
  ["a video element's file without an ending", facts("/stream/42", "video"), "media"],
  ["an audio element's file", facts("/a.mp3", "audio"), "media"],
  ["a script's segment", facts("/hls/0.ts", ""), "segment"],
  ["a script's archive", facts("/big.ZIP?x=1", ""), "segment"],
  ["a native player's playlist is read, not replaced", facts("/live.m3u8", "video"), "playlist"],
  ["a native player's segment stays with the network", facts("/hls/0.ts", "video"), undefined],
  ["a script's playlist stays with the app", facts("/live.m3u8", ""), undefined],
  ["an API call", facts("/api/items", ""), undefined],
  ["a page", facts("/", "document"), undefined],
  ["a marked download", facts("/f.zip?__tuber_dl=f.zip", "iframe"), "download"],
  ["an image", facts("/a.mp4", "image"), undefined],
  ["another site's video", facts("https://cdn.test/a.mp4", "video"), undefined],
  ["an upload", facts("/a.mp4", "", { method: "POST" }), undefined],
  ["a request for the cache alone", facts("/a.mp4", "", { cache: "only-if-cached" }), undefined],
  ["a request whose bytes the page checks", facts("/a.mp4", "", { integrity: "sha256-x" }), undefined],
  ["our own files", facts("/__tuber/x.mp4", "video"), undefined],
];

for (const [name, request, interest] of CASES) {
  test(`interest: ${name} is ${interest ?? "none of ours"}`, () => assert.equal(interestOf(request, ORIGIN), interest));
}
