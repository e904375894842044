import assert from "node:assert/strict";
import { createReadStream } from "node:fs";
import { Readable } from "node:stream";
import { test } from "node:test";
import type { Page } from "playwright";
import { chromiumMissing } from "../testing/browser.ts";
import { undoAfter } from "../testing/undo.ts";
import { digestOf, readContent } from "./content.ts";
import { BIG, digestOfBig, startFilmVisit } from "./film-site.ts";
import { playAndSeek } from "./in-page.ts";
import { assertPlayed, carried, waitForLink } from "./visit.ts";

const MADE = { name: "made", totalBytes: 3_000_000 };
const MADE_DIGEST = digestOf(readContent(MADE, 0, MADE.totalBytes));
const SKIP = { skip: chromiumMissing(), timeout: 60_000 };

for (const [kind, attribute, name] of [
  ["a link that asks for a download", 'download="mine.bin"', "mine.bin"],
  ["a plain link to a file that browsers save", "", "big.bin"],
] as const) {
  test(`${kind} saves the file whole, under its name, over the link`, SKIP, async (t) => {
    const { site, stack, page, tab } = await startFilmVisit(undoAfter(t));
    site.pages.set("/shelf", `<title>Shelf</title><a href="/big.bin" ${attribute}>Save</a>`);
    await tab.open(`${stack.url}/shelf`);
    await waitForLink(tab);
    const moved = await carried(tab, stack, async () => {
      const saved = await save(page, "a");
      assert.equal(saved.name, name);
      assert.equal(saved.digest, await digestOfBig());
    });
    t.diagnostic(`${moved.http} bytes over HTTP`);
    assert.ok(moved.http < BIG.totalBytes * 0.03, `${moved.http} bytes over HTTP`);
  });
}

test("a download keeps the name that the app gives it", SKIP, async (t) => {
  const { site, stack, page, tab } = await startFilmVisit(undoAfter(t));
  site.files.set("/named.bin", { name: "named", totalBytes: 3_000_000 });
  site.guard = (req, res) => {
    if (req.url === "/named.bin") res.setHeader("content-disposition", `attachment; filename="the app's.dat"`);
    return false;
  };
  site.pages.set("/shelf", `<title>Shelf</title><a href="/named.bin">Save</a>`);
  await tab.open(`${stack.url}/shelf`);
  await waitForLink(tab);
  const saved = await save(page, "a");
  assert.equal(saved.name, "the app's.dat");
  assert.equal(saved.digest, await digestOf(readContent({ name: "named", totalBytes: 3_000_000 }, 0, 3_000_000)));
});

test(
  "a link that a script clicks saves the file once, over the link if the click can be taken back",
  SKIP,
  async (t) => {
    const { site, stack, page, tab } = await startFilmVisit(undoAfter(t));
    site.files.set("/made.bin", MADE);
    await tab.open(`${stack.url}/`);
    await waitForLink(tab);
    let downloads = 0;
    page.on("download", () => (downloads += 1));
    const click = async (way: string): Promise<void> => {
      const [saved] = await Promise.all([page.waitForEvent("download"), page.evaluate(clickMade, way)]);
      assert.equal(saved.suggestedFilename(), `${way}.dat`);
      assert.equal(await digestOf(createReadStream(await saved.path())), await MADE_DIGEST, way);
    };
    const moved = await carried(tab, stack, async () => {
      await click("in no page");
      await click("in the page");
    });
    t.diagnostic(`${moved.http} bytes over HTTP`);
    assert.ok(moved.http < MADE.totalBytes * 0.03, `${moved.http} bytes over HTTP`);
    await click("event");
    assert.equal(downloads, 3);
  },
);

test("a link to what the page made itself is the browser's", SKIP, async (t) => {
  const { stack, page, tab } = await startFilmVisit(undoAfter(t));
  await tab.open(`${stack.url}/`);
  await waitForLink(tab);
  await page.evaluate(() => {
    const link = document.createElement("a");
    link.href = URL.createObjectURL(new Blob(["made here"]));
    link.download = "made.txt";
    link.textContent = "Save";
    document.body.append(link);
    new MutationObserver((changes) => {
      for (const { addedNodes } of changes) link.dataset.added = [...addedNodes].map(String).join();
    }).observe(document.documentElement, { childList: true });
  });
  const saved = await save(page, "a");
  assert.equal(saved.name, "made.txt");
  assert.equal(saved.digest, await digestOf(Readable.from([Buffer.from("made here")])));
  assert.equal(await page.getAttribute("a", "data-added"), null);
});

/** As web apps do it. */
function clickMade(way: string): void {
  const link = document.createElement("a");
  link.href = "/made.bin";
  link.download = `${way}.dat`;
  if (way === "in the page") document.body.append(link);
  if (way === "event") link.dispatchEvent(new MouseEvent("click"));
  else link.click();
  link.remove();
}

test("the browser's own HLS player is left to the network and plays", SKIP, async (t) => {
  const { site, stack, tab } = await startFilmVisit(undoAfter(t));
  site.pages.set("/hls", `<title>HLS</title><video src="/media/vod/master.m3u8" muted autoplay></video>`);
  await tab.open(`${stack.url}/hls`);
  if (
    (await tab.evaluate(() => document.createElement("video").canPlayType("application/vnd.apple.mpegurl"), null)) ===
    ""
  ) {
    t.skip("this browser has no HLS player of its own");
    return;
  }
  for (const seeks of [2, 3]) {
    await tab.open(`${stack.url}/hls`);
    assertPlayed(await tab.evaluate(playAndSeek, { selector: "video", seeks, seed: 12 }), seeks);
  }
});

/** Clicks what `selector` names; the saved file's name and digest. */
async function save(page: Page, selector: string): Promise<{ name: string; digest: string }> {
  const [saved] = await Promise.all([page.waitForEvent("download"), page.click(selector)]);
  return { name: saved.suggestedFilename(), digest: await digestOf(createReadStream(await saved.path())) };
}
