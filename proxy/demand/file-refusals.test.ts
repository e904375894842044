// Files that strangers are refused, in whatever way, by a real site.
import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { test } from "node:test";
import { type DemandRigOptions, demandRig } from "../../testing/demand-rig.ts";
import { type AppFile, type Instead, toStrangers } from "../../testing/file-app.ts";
import { undoAfter } from "../../testing/undo.ts";

const MIB = 1_048_576;
const FILM = randomBytes(1.5 * MIB);

async function start(
  t: Parameters<typeof undoAfter>[0],
  options: DemandRigOptions = {},
  film: AppFile = { body: FILM },
) {
  const rig = await demandRig(undoAfter(t), options);
  rig.app.files.set("/film.mp4", film);
  return rig;
}

const ANSWERS: [what: string, outcome: string, film: AppFile][] = [
  ["of an app that answers no ranges", "ranges", { body: FILM, ranges: false }],
  ["that is private", "private", { body: FILM, headers: { "cache-control": "private" } }],
  ["that nobody may store", "private", { body: FILM, headers: { "cache-control": "no-store" } }],
  ["that comes with a cookie", "cookie", { body: FILM, headers: { "set-cookie": "a=1" } }],
  ["that differs by cookie", "vary", { body: FILM, headers: { vary: "cookie" } }],
  ["that is a page", "type", { body: FILM, headers: { "content-type": "text/html" } }],
  ["that is coded", "coding", { body: FILM, headers: { "content-encoding": "gzip" } }],
  ["without a validator", "validator", { body: FILM, headers: { etag: undefined } }],
  ["with a weak ETag alone", "validator", { body: FILM, headers: { etag: 'W/"1"' } }],
  [
    "written within the last minute, without a strong ETag",
    "validator",
    { body: FILM, headers: { etag: undefined, "last-modified": new Date().toUTCString() } },
  ],
  ["whose head is too long for a manifest", "head", { body: FILM, headers: { "x-long": "x".repeat(8_150) } }],
];

for (const [what, outcome, film] of ANSWERS) {
  test(`a file ${what} has no swarm, and is judged once`, async (t) => {
    const { ask, outcomes, passUntil, app } = await start(t, {}, film);
    await ask("/film.mp4");
    await passUntil(() => outcomes.length > 0, "judged");
    assert.equal(await ask("/film.mp4"), undefined);
    assert.deepEqual([outcomes, app.strangers.length], [[outcome], 1]);
  });
}

const part = (headers: Record<string, string>) =>
  toStrangers((res) => void res.writeHead(206, { "content-type": "video/mp4", etag: '"1"', ...headers }).end("x"));

const STRANGERS: [what: string, outcome: string, instead: Instead][] = [
  ["a login", "status", toStrangers((res) => void res.writeHead(401).end("who?"))],
  ["an error", "failed", toStrangers((res) => void res.writeHead(503).end("busy"))],
  ["another range", "ranges", part({ "content-range": "bytes 1-1/1572864" })],
  ["a part without its place", "ranges", part({})],
  ["a part of an unknown whole", "ranges", part({ "content-range": "bytes 0-0/*" })],
  [
    "more than was asked for",
    "ranges",
    toStrangers((res) => {
      const headers = { "content-type": "video/mp4", etag: '"1"', "content-range": "bytes 0-0/1572864" };
      res.writeHead(206, headers).end("xy");
    }),
  ],
  ["another version", "differs", part({ "content-range": "bytes 0-0/1572864" })],
  [
    "half an answer",
    "failed",
    toStrangers((res) => {
      res.writeHead(206, { "content-type": "video/mp4", "content-length": "9", "content-range": "bytes 0-0/1572864" });
      res.write("x", () => res.destroy());
    }),
  ],
  ["nonsense", "failed", toStrangers((res) => void res.socket?.end("nonsense\r\n\r\n"))],
];

for (const [what, outcome, instead] of STRANGERS) {
  test(`a file of which strangers get ${what} has no swarm`, async (t) => {
    const { app, ask, outcomes, passUntil, swarms } = await start(t);
    app.instead = instead;
    await ask("/film.mp4");
    await passUntil(() => outcomes.length > 0, "judged");
    assert.equal(await ask("/film.mp4"), undefined);
    assert.deepEqual([outcomes, swarms.status()], [[outcome], []]);
  });
}

test("a stranger who has no answer within 15 s goes, and the file has no swarm", async (t) => {
  const { app, ask, outcomes, passUntil, clock } = await start(t);
  let asked = 0;
  app.instead = toStrangers(() => {
    asked += 1;
  });
  await ask("/film.mp4");
  await passUntil(() => asked === 1, "asked");
  clock.advance(15_000);
  await passUntil(() => app.strangers.length >= 1, "gone");
  assert.deepEqual(outcomes, ["failed"]);
});

test("under a private path, and with a key in the URL, no stranger is asked for", async (t) => {
  const { app, ask, outcomes, passUntil } = await start(t, { privatePaths: ["/members/"] });
  for (const path of ["/members/film.mp4", "/film.mp4?token=abc"]) {
    app.files.set(path, { body: FILM });
    await ask(path);
  }
  await passUntil(() => outcomes.length >= 2, "judged");
  assert.deepEqual([outcomes, app.strangers], [["private-path", "signed-url"], []]);
});

test("neither a small file nor a live segment makes a stranger ask", async (t) => {
  const { app, ask, outcomes, clock } = await start(t, { isLive: (target) => target === "/live.ts" });
  app.files.set("/small.mp4", { body: FILM.subarray(0, MIB - 1) });
  app.files.set("/live.ts", { body: FILM });
  for (const path of ["/small.mp4", "/live.ts"]) assert.equal(await ask(path), undefined);
  assert.deepEqual([outcomes, clock.pending()], [[], 0]);
});
