import assert from "node:assert/strict";
import { createReadStream } from "node:fs";
import { test } from "node:test";
import { chromiumMissing } from "../testing/browser.ts";
import { undoAfter } from "../testing/undo.ts";
import { digestOf, readContent } from "./content.ts";
import { startFilmVisit } from "./film-site.ts";
import { playAndSeek, stats } from "./in-page.ts";
import { assertPlayed, assertSameBytes, waitForLink } from "./visit.ts";

const MADE = { name: "made", totalBytes: 3_000_000 };

for (const embedder of ["require-corp", "credentialless"]) {
  test(`a page that is isolated from other sites (${embedder}) stays so, and its media comes over the link`, {
    skip: chromiumMissing(),
    timeout: 60_000,
  }, async (t) => {
    const { site, stack, page, tab } = await startFilmVisit(undoAfter(t));
    site.files.set("/made.bin", MADE);
    site.pages.set("/film", `${site.pages.get("/film")}<a href="/made.bin" download>Save</a>`);
    site.guard = (req, res) => {
      if (!site.pages.has(req.url ?? "")) return false;
      res.setHeader("cross-origin-opener-policy", "same-origin");
      res.setHeader("cross-origin-embedder-policy", embedder);
      return false;
    };
    await tab.open(`${site.url}/film`);
    assert.ok(await tab.evaluate(() => crossOriginIsolated, null), "without Tuber");
    await tab.open(`${stack.url}/film`);
    assert.ok(await tab.evaluate(() => crossOriginIsolated, null), "with Tuber");
    await waitForLink(tab);
    assertPlayed(await tab.evaluate(playAndSeek, { selector: "video", seeks: 3, seed: 8 }), 3);
    await assertSameBytes(tab, site.url, ["/media/song.m4a"]);
    const [saved] = await Promise.all([page.waitForEvent("download"), page.click("a")]);
    const made = await digestOf(readContent(MADE, 0, MADE.totalBytes));
    assert.equal(await digestOf(createReadStream(await saved.path())), made);
    const { bytes } = await tab.evaluate(stats, null);
    t.diagnostic(JSON.stringify(bytes));
    assert.ok(bytes.origin > MADE.totalBytes + 900_000, JSON.stringify(bytes));
  });
}
