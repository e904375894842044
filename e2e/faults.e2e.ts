import assert from "node:assert/strict";
import { test } from "node:test";
import { chromiumMissing } from "../testing/browser.ts";
import { type Undo, undoAfter } from "../testing/undo.ts";
import { digestOf, readContent } from "./content.ts";
import { BIG, beginBigDownload, digestOfBig, type FilmVisit, startFilmVisit } from "./film-site.ts";
import { type Downloaded, download, playAndSeek, stats } from "./in-page.ts";
import type { Stack } from "./stack.ts";
import type { Tab } from "./tab.ts";
import { assertPlayed, assertSameBytes, carried, waitForLink } from "./visit.ts";

const SKIP = { skip: chromiumMissing(), timeout: 90_000 };

test("a download outlives the end and return of Tuber, and the film seeks on", SKIP, async (t) => {
  const { tab, stack } = await visit(undoAfter(t));
  const { done } = await beginBigDownload(tab);
  await stack.tuber.kill9();
  await stack.tuber.restart();
  await assertWhole(done);
  assertPlayed(await tab.evaluate(playAndSeek, { selector: "video", seeks: 5, seed: 2 }), 5);
  await waitForLink(tab);
});

test("a download of a site that gives weak ETags outlives the link that carries it", SKIP, async (t) => {
  const { tab, stack, site } = await visit(undoAfter(t));
  site.files.set("/big.bin", { ...BIG, modified: "Sat, 21 Nov 2020 10:00:00 GMT" });
  const { done } = await beginBigDownload(tab);
  const { bytes } = await tab.evaluate(stats, null);
  // More than all of the film.
  assert.ok(bytes.origin >= BIG.totalBytes / 20);
  await stack.tuber.kill9();
  await stack.tuber.restart();
  await assertWhole(done);
});

test("an app that is away and comes back costs nothing but the wait", SKIP, async (t) => {
  const { tab, stack, site } = await visit(undoAfter(t));
  await site.down();
  const away = await fetch(`${stack.url}/film`);
  assert.equal(away.status, 502);
  await away.text();
  await site.up();
  await tab.open(`${stack.url}/film`);
  assertPlayed(await tab.evaluate(playAndSeek, { selector: "video", seeks: 3, seed: 2 }), 3);
  await assertSameBytes(tab, site.url, ["/media/film.mp4"]);
});

test("a download outlives the app's end and return in the middle of it", SKIP, async (t) => {
  const { tab, site } = await visit(undoAfter(t));
  const { done } = await beginBigDownload(tab);
  await site.down();
  await site.up();
  await assertWhole(done);
});

test("a viewer who logged out gets the app's 403 although the link is open", SKIP, async (t) => {
  const { page, tab, stack, site } = await visit(undoAfter(t));
  site.files.set("/private.bin", { name: "private", totalBytes: 1_000_000 });
  site.guard = (req, res) => {
    if (req.url !== "/private.bin" || req.headers.cookie?.includes("member=1")) return false;
    res.statusCode = 403;
    res.end("members only");
    return true;
  };
  // A page that does nothing by itself.
  await tab.open(`${stack.url}/`);
  await waitForLink(tab);
  await page.context().addCookies([{ name: "member", value: "1", url: stack.url }]);
  assert.deepEqual(await askFor(tab, stack, "/private.bin"), { status: 200, bytes: 1_000_000, overLink: 1_000_000 });
  await page.context().clearCookies();
  assert.deepEqual(await askFor(tab, stack, "/private.bin"), { status: 403, bytes: 12, overLink: 0 });
  assert.equal((await tab.evaluate(stats, null)).links, 1);
});

async function askFor(
  tab: Tab,
  stack: Stack,
  url: string,
): Promise<{ status: number; bytes: number; overLink: number }> {
  let got: Downloaded | undefined;
  const { before, after } = await carried(tab, stack, async () => {
    got = await tab.evaluate(download, { url });
  });
  return { status: got?.status ?? 0, bytes: got?.bytes ?? 0, overLink: after.bytes.origin - before.bytes.origin };
}

test(
  "a file that changes under its URL in the middle of a broken download is never mixed with the old",
  SKIP,
  async (t) => {
    const { tab, stack, site } = await visit(undoAfter(t));
    const { done } = await beginBigDownload(tab);
    const next = { name: "other", totalBytes: BIG.totalBytes };
    const nextDigest = await digestOf(readContent(next, 0, next.totalBytes));
    site.files.set("/big.bin", next);
    stack.back.cut();
    const got = await done;
    if (got.error === "") assert.ok([nextDigest, await digestOfBig()].includes(got.digest));
    else assert.ok(got.bytes < BIG.totalBytes);
    assert.equal((await tab.evaluate(download, { url: "/big.bin" })).digest, nextDigest);
  },
);

test("SIGTERM in the middle of a download ends Tuber with 0 within 5 s", SKIP, async (t) => {
  const { tab, stack } = await visit(undoAfter(t));
  const { done } = await beginBigDownload(tab);
  const startMs = performance.now();
  assert.equal(await stack.tuber.stop(), 0);
  assert.ok(performance.now() - startMs < 5_000);
  await stack.tuber.restart();
  await assertWhole(done);
});

/** A visitor on the film's page with an open link. */
async function visit(undo: Undo): Promise<FilmVisit> {
  const visit = await startFilmVisit(undo);
  await visit.tab.open(`${visit.stack.url}/film`);
  await waitForLink(visit.tab);
  return visit;
}

async function assertWhole(download: Promise<Downloaded>): Promise<void> {
  const { bytes, digest, error } = await download;
  assert.deepEqual({ bytes, digest, error }, { bytes: BIG.totalBytes, digest: await digestOfBig(), error: "" });
}
