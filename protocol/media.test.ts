import assert from "node:assert/strict";
import { test } from "node:test";
import { extensionOf, isDeliverableType } from "./media.ts";

test("a path's ending is told without case, and only at the end", () => {
  assert.deepEqual(["/a.MP4", "/a.mp4/b", "/a", "/.x/y.tar.gz"].map(extensionOf), ["mp4", "", "", "gz"]);
});

for (const type of [
  "video/mp4",
  "audio/mpeg; charset=x",
  "Video/MP2T",
  "application/zip",
  "application/octet-stream",
]) {
  test(`${type} may travel over a link`, () => assert.equal(isDeliverableType(type, ""), true));
}

for (const type of [
  "text/html",
  "text/plain",
  "image/svg+xml",
  "application/json",
  "application/vnd.apple.mpegurl",
  "audio/x-mpegurl",
  "multipart/byteranges; boundary=x",
  "",
]) {
  test(`${type || "no type"} may not travel over a link`, () => assert.equal(isDeliverableType(type, ""), false));
}

test("an attachment may, unless it is something a browser runs", () => {
  assert.equal(isDeliverableType("application/x-thing", "attachment; filename=x"), true);
  assert.equal(isDeliverableType("text/html", "attachment"), false);
});
