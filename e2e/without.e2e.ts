import assert from "node:assert/strict";
import { test } from "node:test";
import { chromiumMissing } from "../testing/browser.ts";
import { undoAfter } from "../testing/undo.ts";
import { until } from "../testing/until.ts";
import { type FilmVisit, startFilmVisit } from "./film-site.ts";
import { playAndSeek, stats } from "./in-page.ts";
import { assertPlayed, assertSameBytes } from "./visit.ts";

test("without JavaScript the page is there and the film plays", {
  skip: chromiumMissing(),
  timeout: 60_000,
}, async (t) => {
  const { page, stack } = await startFilmVisit(undoAfter(t), { context: { javaScriptEnabled: false } });
  await page.goto(`${stack.url}/film`);
  await until(() => page.evaluate("document.querySelector('video').currentTime > 0.5"), "the film plays");
  assert.equal(await page.title(), "Film");
});

test("where service workers are refused everything comes over HTTP, and the page knows why", {
  skip: chromiumMissing(),
  timeout: 60_000,
}, async (t) => {
  const visit = await startFilmVisit(undoAfter(t));
  await visit.page.addInitScript(() => {
    const refuse = (): Promise<never> => Promise.reject(new DOMException("not here", "SecurityError"));
    Object.defineProperty(ServiceWorkerContainer.prototype, "register", { value: refuse });
  });
  await playsOverHttp(visit, /refused our service worker/);
});

test("where WebRTC is missing everything comes over HTTP, and the page knows why", {
  skip: chromiumMissing(),
  timeout: 60_000,
}, async (t) => {
  const visit = await startFilmVisit(undoAfter(t));
  await visit.page.addInitScript(() => Reflect.deleteProperty(window, "RTCPeerConnection"));
  await playsOverHttp(visit, /no WebRTC/);
});

/** On a first and a second visit. */
async function playsOverHttp({ tab, stack, site }: FilmVisit, why: RegExp): Promise<void> {
  for (const seeks of [2, 3]) {
    await tab.open(`${stack.url}/film`);
    assertPlayed(await tab.evaluate(playAndSeek, { selector: "video", seeks, seed: 3 }), seeks);
    await assertSameBytes(tab, site.url, ["/media/song.m4a"]);
    const now = await tab.evaluate(stats, null);
    assert.equal(now.bytes.origin, 0);
    assert.match(now.why, why);
  }
}
