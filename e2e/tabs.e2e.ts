import assert from "node:assert/strict";
import { test } from "node:test";
import { chromiumMissing } from "../testing/browser.ts";
import { type Undo, undoAfter } from "../testing/undo.ts";
import { BIG, beginBigDownload, digestOfBig, type FilmVisit, startFilmVisit } from "./film-site.ts";
import { playAndSeek, stats } from "./in-page.ts";
import { tabOf } from "./tab.ts";
import { assertPlayed, waitForLink } from "./visit.ts";

const SKIP = { skip: chromiumMissing(), timeout: 90_000 };

test("a transfer goes on when the tab that holds the link is closed: whole, no gap of a second", SKIP, async (t) => {
  const visit = await linkedVisit(undoAfter(t));
  const follower = tabOf(await visit.page.context().newPage());
  await follower.open(`${visit.stack.url}/film`);
  await waitForLink(follower);
  const { done } = await beginBigDownload(follower);
  await visit.tab.close();
  const got = await done;
  t.diagnostic(`longest gap ${Math.round(got.longestGapMs)} ms`);
  assert.deepEqual([got.bytes, got.error, got.digest], [BIG.totalBytes, "", await digestOfBig()]);
  assert.ok(got.longestGapMs < 1_000, `${got.longestGapMs} ms`);
  assert.equal((await follower.evaluate(stats, null)).links, 1);
});

test("two tabs share one link", SKIP, async (t) => {
  const { page, stack } = await linkedVisit(undoAfter(t));
  const second = tabOf(await page.context().newPage());
  await second.open(`${stack.url}/film`);
  await waitForLink(second);
  const status = await (await fetch(`${stack.tuber.admin}/status`)).json();
  assert.equal(status.links.length, 1);
});

test("a film plays and seeks on while the service worker is replaced by a newer one", SKIP, async (t) => {
  const { tab, stack } = await linkedVisit(undoAfter(t));
  assertPlayed(await tab.evaluate(playAndSeek, { selector: "video", seeks: 2, seed: 2 }), 2);
  await stack.tuber.stop();
  // Another setting makes another build, as an upgrade does.
  await stack.tuber.restart(["--stun", "stun:127.0.0.1:9"]);
  await tab.evaluate(async () => {
    const registration = await navigator.serviceWorker.getRegistration();
    const replaced = new Promise((resolve) => navigator.serviceWorker.addEventListener("controllerchange", resolve));
    await registration?.update();
    if (registration?.installing || registration?.waiting) await replaced;
  }, null);
  assertPlayed(await tab.evaluate(playAndSeek, { selector: "video", seeks: 5, seed: 4 }), 5);
  await waitForLink(tab);
});

test("a film outlives the browser stopping the service worker", SKIP, async (t) => {
  const { page, tab } = await linkedVisit(undoAfter(t));
  assertPlayed(await tab.evaluate(playAndSeek, { selector: "video", seeks: 1, seed: 7 }), 1);
  const devtools = await page.context().newCDPSession(page);
  await devtools.send("ServiceWorker.enable");
  for (let stops = 0; stops < 3; stops += 1) {
    await devtools.send("ServiceWorker.stopAllWorkers");
    assertPlayed(await tab.evaluate(playAndSeek, { selector: "video", seeks: 4, seed: 8 + stops }), 4);
  }
});

test(
  "a page goes into the back-forward cache although it has a link, and links again when it returns",
  SKIP,
  async (t) => {
    const ignoreDefaultArgs = ["--disable-back-forward-cache"];
    const { page, tab, stack } = await startFilmVisit(undoAfter(t), { browser: { ignoreDefaultArgs } });
    await tab.open(`${stack.url}/`);
    await waitForLink(tab);
    await page.evaluate("window.marked = true");
    await tab.open(`${stack.url}/film`);
    await waitForLink(tab);
    await page.goBack({ waitUntil: "commit" });
    assert.equal(await page.evaluate("window.marked"), true, "the page was loaded anew");
    await waitForLink(tab);
  },
);

async function linkedVisit(undo: Undo): Promise<FilmVisit> {
  const visit = await startFilmVisit(undo);
  await visit.tab.open(`${visit.stack.url}/film`);
  await waitForLink(visit.tab);
  return visit;
}
