// Recorded HLS and DASH of a real site, shared with viewers whose links are in memory.
import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { test } from "node:test";
import { type DemandRigOptions, demandRig } from "../../testing/demand-rig.ts";
import { type AppFile, toStrangers } from "../../testing/file-app.ts";
import { undoAfter } from "../../testing/undo.ts";
import { urlKey } from "../swarm/url-key.ts";

const LISTED = [1, 2, 3, 4].map((number) => `/vod/s${number}.ts`);
const SEGMENTS = LISTED.map((_, index) => randomBytes(index === 2 ? 1_200_000 : 50_000));
const EXTINF = LISTED.map((path) => `#EXTINF:4,\n${path}`).join("\n");
const PLAYLIST = `#EXTM3U\n#EXT-X-TARGETDURATION:4\n${EXTINF}\n#EXT-X-ENDLIST\n`;
const BYTERANGES = `#EXTM3U\n#EXT-X-TARGETDURATION:4\n#EXTINF:4,\n#EXT-X-BYTERANGE:100@0\nall.ts\n#EXT-X-ENDLIST\n`;

function segment(index: number): AppFile {
  return { body: SEGMENTS[index] ?? new Uint8Array(), headers: { "content-type": "video/mp2t" } };
}

async function start(t: Parameters<typeof undoAfter>[0], options: DemandRigOptions = {}) {
  const rig = await demandRig(undoAfter(t), options);
  rig.app.files.set("/vod/a.m3u8", { body: Buffer.from(PLAYLIST) });
  for (const [index, path] of LISTED.entries()) rig.app.files.set(path, segment(index));
  await rig.ask("/vod/a.m3u8");
  return rig;
}

test("a playlist that has ended costs the app nothing until a segment is asked for", async (t) => {
  const { app, outcomes, clock } = await start(t);
  assert.deepEqual([app.strangers, outcomes, clock.pending()], [[], [], 0]);
});

test("a viewer's segment makes strangers ask for it, the next and the first; the next answers name the rendition's swarm", async (t) => {
  const { app, ask, shared, swarms } = await start(t);
  const { id, pages } = await shared("/vod/s2.ts", {}, 3);
  assert.deepEqual(pages, { content: pages?.content, kind: "rendition", pagePieces: 64 });
  assert.equal((await ask("/vod/s3.ts"))?.id, id);
  assert.deepEqual(app.strangers.sort(), ["/vod/s1.ts whole 200", "/vod/s2.ts whole 200", "/vod/s3.ts whole 200"]);
  assert.deepEqual(
    swarms.status().map(({ kind, path, bytes }) => [kind, path, bytes]),
    [["rendition", "/vod/a.m3u8", null]],
  );
});

test("members get the index, and each segment as a page, byte for byte, with the app's answer to strangers", async (t) => {
  const { shared, viewer, app, rates } = await start(t);
  const { take, book } = viewer(await shared("/vod/s1.ts", {}, 2));
  const index = await take([0]);
  assert.ok(index.equals(Buffer.concat(LISTED.map((path) => urlKey(path)))));
  assert.deepEqual([...(book.of(0)?.urlKey ?? [])], new Array(16).fill(0));
  const first = 3 * 64;
  const pieces = Array.from({ length: Math.ceil(1_200_000 / 32_768) }, (_, piece) => first + piece);
  assert.ok((await take(pieces)).equals(SEGMENTS[2] ?? Buffer.alloc(0)));
  const manifest = book.of(first);
  assert.deepEqual(Buffer.from(manifest?.urlKey ?? []), Buffer.from(urlKey("/vod/s3.ts")));
  assert.equal(new Map(manifest?.head.headers).get("content-type"), "video/mp2t");
  assert.equal(app.strangers.filter((line) => line.includes("s1.ts")).length, 1);
  // 50 kB in 4 s, twice, then 1.2 MB.
  assert.deepEqual(rates, [4_000_000, 100_000, 100_000, 100_000 + 0.3 * 2_300_000]);
});

test("for a viewer who was let in lately nothing more is judged", async (t) => {
  const { app, ask, shared, clock, passUntil } = await start(t);
  await shared("/vod/s1.ts", {}, 2);
  assert.equal(await ask("/vod/s4.ts"), undefined);
  clock.advance(240_000);
  assert.equal(await ask("/vod/s4.ts"), undefined);
  const laterMs = clock.nowMs() + 200;
  await passUntil(() => clock.nowMs() > laterMs, "time passes");
  assert.equal(app.strangers.length, 2);
  clock.advance(120_000);
  await ask("/vod/s4.ts");
  await passUntil(() => app.strangers.length >= 3, "judged");
});

test("a segment that strangers are refused is not shared, and a recording whose first is refused is left alone for five minutes", async (t) => {
  const { app, ask, outcomes, passUntil, swarms, clock } = await start(t);
  app.instead = toStrangers((res) => void res.writeHead(401).end("who?"));
  await ask("/vod/s2.ts");
  await passUntil(() => outcomes.length >= 1, "judged");
  for (const path of LISTED) await ask(path);
  assert.deepEqual([outcomes, app.strangers.length, swarms.status()], [["status"], 1, []]);
  clock.advance(300_000);
  await ask("/vod/s2.ts");
  await passUntil(() => outcomes.length >= 2, "judged again");
});

test("whom the app gave something else than strangers is not let in, and the segment is read again", async (t) => {
  const { app, ask, shared, outcomes, passUntil, swarms } = await start(t);
  await shared("/vod/s1.ts", {}, 2);
  app.files.set("/vod/s2.ts", { ...segment(1), headers: { etag: '"new"' } });
  assert.equal(await ask("/vod/s2.ts", {}, 6), undefined);
  await passUntil(() => outcomes.length >= 3, "read again");
  await passUntil(() => swarms.status()[0]?.pagesRead === 2, "kept");
  assert.ok(await ask("/vod/s2.ts", {}, 6));
});

test("a segment that strangers are refused by now lets nobody in", async (t) => {
  const { app, ask, shared, outcomes, passUntil } = await start(t);
  await shared("/vod/s1.ts", {}, 2);
  app.files.set("/vod/s2.ts", { ...segment(1), headers: { etag: '"new"', "cache-control": "private" } });
  assert.equal(await ask("/vod/s2.ts", {}, 6), undefined);
  await passUntil(() => outcomes.length >= 3, "read again");
  app.files.set("/vod/s2.ts", segment(1));
  assert.equal(await ask("/vod/s2.ts", {}, 7), undefined);
});

test("a segment with other bytes by now ends the swarm: what was signed of it is not true any more", async (t) => {
  const { app, ask, shared, passUntil, swarms } = await start(t);
  await shared("/vod/s1.ts", {}, 2);
  app.files.set("/vod/s2.ts", { body: randomBytes(50_000) });
  assert.equal(await ask("/vod/s2.ts", {}, 6), undefined);
  await passUntil(() => swarms.status().length === 0, "the swarm is over");
});

test("another encoding under the same names is another content", async (t) => {
  const { shared, key } = await start(t);
  const before = await shared("/vod/s1.ts", {}, 2);
  const again = await (await start(t, { key })).shared("/vod/s1.ts", {}, 2);
  assert.deepEqual([again.id, again.pages], [before.id, before.pages]);
  const other = await start(t, { key });
  other.app.files.set("/vod/s1.ts", { body: randomBytes(50_000) });
  assert.notEqual((await other.shared("/vod/s1.ts", {}, 2)).pages?.content, before.pages?.content);
});

test("playlists of viewers' own that list the same segments are one recording", async (t) => {
  const { app, ask, shared } = await start(t);
  const { id } = await shared("/vod/s1.ts", {}, 2);
  app.files.set("/vod/a.m3u8?viewer=2", { body: Buffer.from(PLAYLIST) });
  await ask("/vod/a.m3u8?viewer=2");
  assert.equal((await ask("/vod/s1.ts", {}, 6))?.id, id);
});

test("a live stream that has ended is no recording while it is followed", async (t) => {
  const { app, ask, outcomes } = await start(t, { isLive: (target) => target.startsWith("/vod/") });
  await ask("/vod/a.m3u8");
  assert.equal(await ask("/vod/s1.ts"), undefined);
  assert.deepEqual([app.strangers, outcomes], [[], []]);
});

test("a part of a segment lets nobody in", async (t) => {
  const { ask, shared } = await start(t);
  await shared("/vod/s3.ts", {}, 3);
  assert.equal(await ask("/vod/s3.ts", { range: "bytes=0-1199998" }), undefined);
});

test("byte ranges of one file are that file's parts", async (t) => {
  const { app, ask, shared } = await start(t);
  app.files.set("/vod/b.m3u8", { body: Buffer.from(BYTERANGES) });
  app.files.set("/vod/all.ts", { body: randomBytes(1_100_000) });
  await ask("/vod/b.m3u8");
  assert.equal((await shared("/vod/all.ts", { range: "bytes=0-99" })).pages?.kind, "file");
});

test("a recording into which nobody was let for ten minutes is over, and leaves no timer", async (t) => {
  const { shared, swarms, clock } = await start(t);
  await shared("/vod/s1.ts", {}, 2);
  clock.advance(660_000);
  assert.deepEqual([swarms.status(), clock.pending()], [[], 0]);
  assert.ok(await shared("/vod/s1.ts", {}, 2));
});
