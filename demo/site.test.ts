import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { request, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { buffer } from "node:stream/consumers";
import test, { after, before } from "node:test";
import { bigDownload, DOWNLOAD_BYTES, DOWNLOAD_NAME, DOWNLOAD_SHA256 } from "./big-download.ts";
import { createSite } from "./site.ts";

const FILM = readFileSync(new URL("../../demo/site/media/film.mp4", import.meta.url));
let site: Server;
let nowMs = Date.parse("2026-06-01T12:00:10Z");

before(async () => {
  site = createSite({ nowMs: () => nowMs }).listen(0, "127.0.0.1");
  await once(site, "listening");
});
after(() => site.close());

async function ask(path: string, headers: Record<string, string> = {}, method = "GET") {
  const { port } = site.address() as AddressInfo;
  const req = request({ host: "127.0.0.1", port, path, method, headers, agent: false }).end();
  const [res] = await once(req, "response");
  return { status: res.statusCode, headers: res.headers, body: await buffer(res) };
}

test("a file comes whole, with length, type, validators and the offer of ranges", async () => {
  const { status, headers, body } = await ask("/media/film.mp4");
  assert.equal(status, 200);
  assert.ok(body.equals(FILM));
  assert.equal(headers["content-type"], "video/mp4");
  assert.equal(headers["accept-ranges"], "bytes");
  assert.match(headers.etag, /^"[0-9a-f-]+"$/);
  assert.ok(Date.parse(headers["last-modified"]) > 0);
});

test("each form of a byte range gives exactly those bytes", async () => {
  const size = FILM.length;
  const cases: [string, number, number][] = [
    ["bytes=0-", 0, size],
    ["bytes=0-0", 0, 1],
    ["bytes=1000-1999", 1_000, 2_000],
    [`bytes=${size - 5}-`, size - 5, size],
    ["bytes=-5", size - 5, size],
    ["bytes=100-99999999", 100, size],
  ];
  for (const [range, start, end] of cases) {
    const { status, headers, body } = await ask("/media/film.mp4", { range });
    assert.equal(status, 206, range);
    assert.equal(headers["content-range"], `bytes ${start}-${end - 1}/${size}`);
    assert.ok(body.equals(FILM.subarray(start, end)), range);
  }
});

test("a range beyond the end is a 416; one that makes no sense, or several, gets the whole", async () => {
  const beyond = await ask("/media/film.mp4", { range: `bytes=${FILM.length}-` });
  assert.deepEqual([beyond.status, beyond.headers["content-range"]], [416, `bytes */${FILM.length}`]);
  for (const range of ["bytes=a-b", "lines=1-2", "bytes=0-1,5-6"]) {
    assert.equal((await ask("/media/film.mp4", { range }, "HEAD")).status, 200, range);
  }
});

test("a range of another version is not given", async () => {
  const { headers } = await ask("/media/film.mp4", {}, "HEAD");
  const status = async (ifRange: string) =>
    (await ask("/media/film.mp4", { range: "bytes=0-9", "if-range": ifRange })).status;
  assert.equal(await status(headers.etag), 206);
  assert.equal(await status(headers["last-modified"]), 206);
  assert.equal(await status('"other"'), 200);
  assert.equal(await status("Thu, 01 Jan 1970 00:00:00 GMT"), 200);
});

test("what the browser has already is a 304 without a body", async () => {
  const { headers } = await ask("/style.css", {}, "HEAD");
  const same: Record<string, string>[] = [
    { "if-none-match": headers.etag },
    { "if-none-match": `"x", W/${headers.etag}` },
    { "if-modified-since": headers["last-modified"] },
  ];
  for (const condition of same) {
    const { status, body } = await ask("/style.css", condition);
    assert.deepEqual([status, body.length], [304, 0]);
  }
  assert.equal(
    (await ask("/style.css", { "if-none-match": '"x"', "if-modified-since": headers["last-modified"] })).status,
    200,
  );
});

test("HEAD says what GET would, without the bytes", async () => {
  const { status, headers, body } = await ask("/media/film.mp4", {}, "HEAD");
  assert.deepEqual([status, headers["content-length"], body.length], [200, String(FILM.length), 0]);
});

test("pages, playlists, manifests and segments have their right types", async () => {
  const types = {
    "/": "text/html; charset=utf-8",
    "/play.js": "text/javascript; charset=utf-8",
    "/media/song.m4a": "audio/mp4",
    "/media/vod/master.m3u8": "application/vnd.apple.mpegurl",
    "/media/vod/manifest.mpd": "application/dash+xml",
    "/media/vod/chunk-0-001.m4s": "video/iso.segment",
    "/live/live.m3u8": "application/vnd.apple.mpegurl",
  };
  for (const [path, type] of Object.entries(types)) {
    const { status, headers } = await ask(path, {}, "HEAD");
    assert.deepEqual([status, headers["content-type"]], [200, type], path);
  }
});

test("every segment the live playlist lists is there, and is another one of the loop", async () => {
  const list = (await ask("/live/live.m3u8")).body.toString();
  const names = list.split("\n").filter((line) => line.endsWith(".ts"));
  const bodies = await Promise.all(names.map((name) => ask(`/live/${name}`)));
  for (const { status, headers } of bodies) assert.deepEqual([status, headers["content-type"]], [200, "video/mp2t"]);
  assert.equal(new Set(bodies.map(({ body }) => body.toString("latin1"))).size, names.length);
  nowMs += 120_000;
  assert.equal((await ask(`/live/${names[0]}`)).status, 404);
});

test("the download is the same noise however it is cut, and has the hash the page names", async () => {
  const whole = createHash("sha256");
  for await (const chunk of bigDownload().open(0, DOWNLOAD_BYTES)) whole.update(chunk);
  assert.equal(whole.digest("hex"), DOWNLOAD_SHA256);
  assert.equal((await ask("/download.sha256")).body.toString(), `${DOWNLOAD_SHA256}  ${DOWNLOAD_NAME}\n`);
  assert.match((await ask("/")).body.toString(), new RegExp(DOWNLOAD_SHA256));
  const path = `/download/${DOWNLOAD_NAME}`;
  const piece = (await ask(path, { range: "bytes=99999990-100200005" })).body;
  const middle = (await ask(path, { range: "bytes=100000003-100000103" })).body;
  assert.ok(piece.subarray(13, 114).equals(middle));
  assert.match(
    (await ask(path, {}, "HEAD")).headers["content-disposition"],
    /^attachment; filename="tuber-demo-200mb.bin"$/,
  );
});

test("what is not there is a 404, and no path leads out of the site", async () => {
  for (const path of [
    "/nothing",
    "/media",
    "/../package.json",
    "/%2e%2e/%2e%2e/package.json",
    "/%",
    "/a%00b",
    "/live/x.ts",
    "/players/x",
  ]) {
    assert.equal((await ask(path)).status, 404, path);
  }
  assert.equal((await ask("/", {}, "POST")).status, 405);
});
