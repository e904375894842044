import assert from "node:assert/strict";
import { test } from "node:test";
import { HeaderList } from "../header-list.ts";
import { isSignedUrl, segmentRefusal } from "./segment-refusal.ts";

const VIDEO: [string, string] = ["Content-Type", "video/mp2t"];

function refusal(headers: [string, string][], status = 200) {
  return segmentRefusal({ status, headers: new HeaderList(headers) });
}

const SHARED: [string, [string, string][]][] = [
  ["a segment of which nothing is said", [VIDEO]],
  ["a public one", [VIDEO, ["Cache-Control", "public, max-age=60"]]],
  ["one to be asked for anew", [VIDEO, ["Cache-Control", "no-cache, max-age=0"], ["Expires", "0"]]],
  ["one that varies by coding and origin", [VIDEO, ["Vary", "Accept-Encoding, Origin"], ["vary", "Range"]]],
  ["one in no coding", [VIDEO, ["Content-Encoding", "identity"]]],
];

for (const [what, headers] of SHARED) {
  test(`${what} is shared`, () => assert.equal(refusal(headers), undefined));
}

const REFUSED: [string, [string, string][], string][] = [
  ["private", [["Cache-Control", "private"]], "private"],
  [
    "private in capitals on a second line",
    [
      ["Cache-Control", "max-age=5"],
      ["cache-control", "PRIVATE"],
    ],
    "private",
  ],
  ["private for a field, and public", [["Cache-Control", 'private="x", public']], "private"],
  ["no-store", [["Cache-Control", "max-age=5,No-Store"]], "private"],
  [
    "no-store for the CDN",
    [
      ["CDN-Cache-Control", "no-store"],
      ["Cache-Control", "public"],
    ],
    "private",
  ],
  ["private for surrogates", [["Surrogate-Control", "private"]], "private"],
  ["a cookie", [["Set-Cookie", "a=1"]], "cookie"],
  ["a question for a password", [["WWW-Authenticate", "Basic"]], "cookie"],
  [
    "a body by cookie",
    [
      ["Vary", "Accept-Encoding"],
      ["Vary", "Cookie"],
    ],
    "vary",
  ],
  ["a body by password", [["Vary", "authorization"]], "vary"],
  ["a body by anything", [["Vary", "*"]], "vary"],
  ["a body by browser", [["Vary", "User-Agent"]], "vary"],
  ["a coded body", [["Content-Encoding", "gzip"]], "coding"],
];

for (const [what, headers, why] of REFUSED) {
  test(`${what} is not shared`, () => assert.equal(refusal([VIDEO, ...headers]), why));
}

for (const type of ["text/html", "", "application/json", "image/svg+xml", "application/x-mpegurl"]) {
  test(`${type || "no type"} is not shared, whatever it is called`, () => {
    assert.equal(refusal([["Content-Type", type]]), "type");
  });
}

for (const status of [203, 206, 302, 401, 403, 404, 500]) {
  test(`a ${status} is not shared`, () => assert.equal(refusal([VIDEO], status), "status"));
}

test("a URL with somebody's key in it is not shared", () => {
  for (const query of [
    "token=a",
    "X-Amz-Signature=a",
    "a=1&api_key=b",
    "md5=x&expires=1",
    "ApiKey=1",
    "access_token=x",
  ]) {
    assert.equal(isSignedUrl(`/a.ts?${query}`), true, query);
  }
  for (const target of ["/a.ts", "/token.ts", "/a.ts?v=1&t=12&_HLS_msn=4"]) {
    assert.equal(isSignedUrl(target), false, target);
  }
});
