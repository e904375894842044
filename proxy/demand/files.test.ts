// Files of a real site, shared with viewers whose links are in memory.
import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { test } from "node:test";
import { type DemandRigOptions, demandRig, SITE } from "../../testing/demand-rig.ts";
import { type AppFile, isStranger, toStrangers } from "../../testing/file-app.ts";
import { undoAfter } from "../../testing/undo.ts";

const MIB = 1_048_576;
const FILM = randomBytes(1.5 * MIB);
const PIECES = Array.from({ length: 24 }, (_, piece) => piece);
const PART = { range: "bytes=1000-2000" };
const OLD = new Date(Date.now() - 3_600_000).toUTCString();

async function start(
  t: Parameters<typeof undoAfter>[0],
  options: DemandRigOptions = {},
  film: AppFile = { body: FILM },
) {
  const rig = await demandRig(undoAfter(t), options);
  rig.app.files.set("/film.mp4", film);
  return rig;
}

test("a file is judged by a stranger's look at its first byte, beside the viewer; the next answers, whole or part, name its swarm", async (t) => {
  const { app, ask, shared, outcomes, rates } = await start(t);
  const { id, pages } = await shared("/film.mp4");
  assert.match(pages?.content ?? "", /^[0-9a-f]{32}$/);
  assert.deepEqual(pages, {
    content: pages?.content,
    kind: "file",
    pagePieces: 16,
    pieceBytes: 65_536,
    totalBytes: 1.5 * MIB,
  });
  assert.equal((await ask("/film.mp4", PART))?.id, id);
  assert.deepEqual([app.strangers, outcomes, rates], [["/film.mp4 bytes=0-0 206"], ["shared"], [4_000_000]]);
});

test("a part is enough to learn of a file", async (t) => {
  const { shared } = await start(t);
  assert.equal((await shared("/film.mp4", PART)).pages?.kind, "file");
});

test("members get the file byte for byte, page by page, with the answer a stranger would have had for the whole", async (t) => {
  const { shared, viewer, app, swarms, faults } = await start(t);
  const { take, book } = viewer(await shared("/film.mp4"));
  assert.ok((await take(PIECES)).equals(FILM));
  assert.deepEqual(app.strangers.slice(1), ["/film.mp4 bytes=0-1048575 206", "/film.mp4 bytes=1048576-1572863 206"]);
  const heads = [0, 16].map((piece) => book.of(piece)?.head);
  assert.deepEqual(
    heads.map((head) => [head?.status, head?.statusText, head?.page]),
    [
      [200, "OK", { start: 0, total: 1.5 * MIB }],
      [200, "OK", { start: MIB, total: 1.5 * MIB }],
    ],
  );
  const names = new Map(heads[1]?.headers);
  assert.deepEqual([names.get("content-length"), names.has("content-range")], [String(1.5 * MIB), false]);
  assert.deepEqual(
    swarms.status().map(({ kind, path, bytes, pagesRead, bytesRead }) => [kind, path, bytes, pagesRead, bytesRead]),
    [["file", "/film.mp4", FILM.length, 2, FILM.length]],
  );
  assert.deepEqual(faults, []);
});

test("a page is asked of the app once, whoever wants it, while it is kept", async (t) => {
  const { ask, shared, viewer, app } = await start(t);
  await viewer(await shared("/film.mp4")).take([0, 20]);
  const note = (await ask("/film.mp4", {}, 6)) ?? assert.fail("no swarm");
  const other = viewer(note, 6);
  await other.take([1, 21]);
  assert.equal(app.strangers.length, 3);
});

test("a page that was not kept is read again, and its manifest is the one signed before", async (t) => {
  const { ask, shared, viewer, app, clock } = await start(t, { keepBytes: 1_000 });
  const first = viewer(await shared("/film.mp4"));
  await first.take([0]);
  await first.take([20]);
  clock.advance(60_000);
  const other = viewer((await ask("/film.mp4", {}, 6)) ?? assert.fail("no swarm"), 6);
  await other.take([1]);
  assert.equal(app.strangers.filter((line) => line.includes("bytes=0-1048575")).length, 2);
  assert.equal(other.book.of(0)?.timeMs, first.book.of(0)?.timeMs);
});

test("without a strong ETag a Last-Modified that is a minute old will do", async (t) => {
  const { shared } = await start(t, {}, { body: FILM, headers: { etag: 'W/"1"', "last-modified": OLD } });
  assert.equal((await shared("/film.mp4")).pages?.kind, "file");
});

test("a viewer with another version is not let in, nor one without a link", async (t) => {
  const { app, ask, shared } = await start(t);
  await shared("/film.mp4");
  assert.equal(await ask("/film.mp4", {}, null), undefined);
  app.instead = (req, res) => {
    if (isStranger(req)) return false;
    res.writeHead(200, { "content-type": "video/mp4", "content-length": FILM.length, etag: '"own"' }).end(FILM);
    return true;
  };
  assert.equal(await ask("/film.mp4"), undefined);
});

test("a new version ends the old one's swarm and gets one of its own", async (t) => {
  const { app, shared, swarms, outcomes, viewer, passUntil } = await start(t);
  const old = await shared("/film.mp4");
  const { member } = viewer(old);
  await passUntil(() => member.links.size > 0, "linked");
  app.files.set("/film.mp4", { body: randomBytes(1.5 * MIB) });
  const fresh = await shared("/film.mp4");
  assert.notEqual(fresh.id, old.id);
  assert.notEqual(fresh.pages?.content, old.pages?.content);
  assert.deepEqual(
    swarms.status().map(({ id }) => id),
    [fresh.id],
  );
  assert.deepEqual(outcomes, ["shared", "shared"]);
});

test("versions that come and go are judged three times in five minutes at most", async (t) => {
  const { app, ask, outcomes, passUntil, clock } = await start(t);
  let version = 0;
  app.instead = (_req, res) => {
    version += 1;
    res.writeHead(200, { "content-type": "video/mp4", "content-length": FILM.length, etag: `"${version}"` }).end(FILM);
    return true;
  };
  for (let looks = 0; looks < 6; looks += 1) {
    await ask("/film.mp4");
    await passUntil(() => outcomes.length >= Math.min(looks + 1, 3), "judged");
  }
  clock.advance(300_000);
  await ask("/film.mp4");
  await passUntil(() => outcomes.length >= 4, "judged again");
});

for (const [how, change] of [
  ["the app says it is another version", { body: Buffer.from(FILM).fill(7), headers: {} }],
  ["the app gives no ranges any more", { body: FILM, ranges: false }],
  ["strangers may not have it any more", { body: FILM, headers: { "cache-control": "private" } }],
] satisfies [string, AppFile][]) {
  test(`a file that changes while it is read ends its swarm: ${how}`, async (t) => {
    const { app, shared, viewer, swarms, passUntil } = await start(t);
    const { take, want, member } = viewer(await shared("/film.mp4"));
    await take([0]);
    app.files.set("/film.mp4", change);
    want([16]);
    await passUntil(() => swarms.status().length === 0, "the swarm is over");
    assert.deepEqual([...member.held.keys()], [0]);
  });
}

test("other bytes of what the app calls the same version reach nobody, end the swarm, and it gets no other", async (t) => {
  const headers = { etag: '"same"' };
  const { app, ask, shared, viewer, swarms, passUntil, clock, outcomes } = await start(
    t,
    { keepBytes: 1_000 },
    { body: FILM, headers },
  );
  const { take, want, member } = viewer(await shared("/film.mp4"));
  await take([0]);
  await take([16]);
  app.files.set("/film.mp4", { body: Buffer.from(FILM).fill(7), headers });
  want([1]);
  await passUntil(() => swarms.status().length === 0, "the swarm is over");
  assert.equal(member.held.has(1), false);
  clock.advance(300_000);
  await ask("/film.mp4");
  await passUntil(() => outcomes.length >= 2, "judged again");
  assert.deepEqual([outcomes, await ask("/film.mp4")], [["shared", "full"], undefined]);
});

test("an app that is busy for a moment costs the asker that page for a while, and the swarm nothing", async (t) => {
  const { app, shared, viewer, swarms, passUntil } = await start(t);
  const { take, want, member } = viewer(await shared("/film.mp4"));
  await take([0]);
  app.instead = toStrangers((res) => void res.writeHead(503).end("busy"));
  want([16]);
  await passUntil(() => member.events.some((event) => event.startsWith("later 16")), "put off");
  app.instead = () => false;
  assert.equal(swarms.status().length, 1);
  await take([1]);
});

test("a swarm into which nobody was let for ten minutes is over, and leaves no timer", async (t) => {
  const { ask, shared, swarms, clock } = await start(t);
  await shared("/film.mp4");
  clock.advance(300_000);
  assert.ok(await ask("/film.mp4"));
  clock.advance(540_000);
  assert.equal(swarms.status().length, 1);
  clock.advance(120_000);
  assert.deepEqual([swarms.status(), clock.pending()], [[], 0]);
  assert.ok(await shared("/film.mp4"));
});

test("what is judged only after the end of the run begins no swarm", async (t) => {
  const { ask, swarms, clock, outcomes, passUntil } = await start(t);
  await ask("/film.mp4");
  swarms.close();
  await passUntil(() => outcomes.length >= 1, "judged");
  assert.deepEqual([swarms.status(), clock.pending()], [[], 0]);
});

test("after a restart the same file has the same name and number; with another key it has others", async (t) => {
  const { shared, key } = await start(t);
  const before = await shared("/film.mp4");
  const again = await (await start(t, { key })).shared("/film.mp4");
  assert.deepEqual([again.id, again.pages], [before.id, before.pages]);
  const elsewhere = await (await start(t)).shared("/film.mp4");
  assert.notEqual(elsewhere.pages?.content, before.pages?.content);
});

test("queries that make one file many get eight swarms and no more", async (t) => {
  const { app, ask, outcomes, passUntil, swarms } = await start(t);
  for (let query = 0; query < 10; query += 1) {
    app.files.set(`/film.mp4?v=${query}`, { body: FILM });
    await ask(`/film.mp4?v=${query}`);
  }
  await passUntil(() => outcomes.length >= 10, "judged");
  assert.equal(swarms.status().length, 8);
  await ask("/film.mp4", {}, 5, { ...SITE, key: "another" });
  await passUntil(() => outcomes.length >= 11, "another site's is judged");
  assert.equal(outcomes.at(-1), "shared");
  assert.equal(outcomes.filter((outcome) => outcome === "full").length, 2);
});
