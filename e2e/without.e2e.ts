import assert from "node:assert/strict";
import { test } from "node:test";
import { chromiumMissing } from "../testing/browser.ts";
import { undoAfter } from "../testing/undo.ts";
import { until } from "../testing/until.ts";
import { type FilmVisit, startFilmVisit } from "./film-site.ts";
import { playAndSeek, stats } from "./in-page.ts";
import { assertPlayed, assertSameBytes } from "./visit.ts";

/** How long the client holds a film back where no service worker is on its way. */
const HOLD_MS = 700;

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
  await visit.page.addInitScript(refuseWorkers);
  await playsOverHttp(visit, /refused our service worker/);
});

test("where service workers are refused no film waits for one", {
  skip: chromiumMissing(),
  timeout: 60_000,
}, async (t) => {
  const { page, stack } = await startFilmVisit(undoAfter(t));
  await page.addInitScript(refuseWorkers);
  // The hold's own end never comes: a film that is let go was let go for another reason.
  await page.addInitScript((holdMs) => {
    const { setTimeout: later } = window;
    const patched = (run: () => void, ms: number): number => (ms === holdMs ? 0 : later(run, ms));
    Object.assign(window, { setTimeout: patched });
  }, HOLD_MS);
  await page.goto(`${stack.url}/film`);
  await until(() => page.evaluate("document.querySelector('video').currentTime > 0"), "the film plays");
});

test("where WebRTC is missing everything comes over HTTP, and the page knows why", {
  skip: chromiumMissing(),
  timeout: 60_000,
}, async (t) => {
  const visit = await startFilmVisit(undoAfter(t));
  await visit.page.addInitScript(() => Reflect.deleteProperty(window, "RTCPeerConnection"));
  await playsOverHttp(visit, /no WebRTC/);
});

function refuseWorkers(): void {
  const refuse = (): Promise<never> => Promise.reject(new DOMException("not here", "SecurityError"));
  Object.defineProperty(ServiceWorkerContainer.prototype, "register", { value: refuse });
}

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
