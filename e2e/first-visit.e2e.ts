import assert from "node:assert/strict";
import { test } from "node:test";
import { chromiumMissing } from "../testing/browser.ts";
import { undoAfter } from "../testing/undo.ts";
import { startFilmVisit } from "./film-site.ts";
import { playAndSeek, stats } from "./in-page.ts";
import { newVisitor, tabOf } from "./tab.ts";
import { assertPlayed, waitForLink } from "./visit.ts";

/** How long the client holds a film back at most. */
const HOLD_MS = 2_000;

const MARKUP = {
  "an autoplaying element": `<video src="/media/film.mp4" muted autoplay></video>`,
  "an element with a poster": `<video src="/media/film.mp4" poster="/media/film.jpg" muted autoplay></video>`,
  "an element that loads metadata": `<video src="/media/film.mp4" muted preload="metadata"></video>`,
  "an element with a source child": `<video muted preload="auto"><source src="/media/film.mp4" type="video/mp4"></video>`,
  "an element made by a script": `<script>
    const video = document.createElement("video");
    video.muted = true;
    video.autoplay = true;
    video.src = "/media/film.mp4";
    document.body.append(video);
  </script>`,
};

test("the film of a first visit is answered by the service worker from its first byte and seeks", {
  skip: chromiumMissing(),
  timeout: 90_000,
}, async (t) => {
  const { site, stack, page, tab } = await startFilmVisit(undoAfter(t));
  // The first page of a browser's life is slow in ways that are not ours.
  await tab.open(`${stack.url}/`);
  await waitForLink(tab);
  for (const [name, markup] of Object.entries(MARKUP)) {
    await t.test(name, async (t) => {
      const undo = undoAfter(t);
      site.pages.set("/first", `<title>First</title><body>${markup}`);
      const visitor = await newVisitor(undo, page.context().browser() ?? assert.fail("no browser"));
      const first = tabOf(visitor);
      await visitor.addInitScript(() => {
        const { serviceWorker } = navigator;
        const note = (key: string): void => {
          document.documentElement.dataset[key] = String(performance.now());
        };
        serviceWorker.addEventListener("controllerchange", () => note("controlMs"));
        void serviceWorker.ready.then(() => note("activeMs"));
      });
      let raw = 0;
      // Requests of the service worker itself are not the page's.
      visitor.on("response", (response) => {
        if (response.url().endsWith("/film.mp4") && !response.fromServiceWorker()) raw += 1;
      });
      await first.open(`${stack.url}/first`);
      assertPlayed(await first.evaluate(playAndSeek, { selector: "video", seeks: 3, seed: 6 }), 3);
      const { controlMs, activeMs } = await first.evaluate(async () => {
        await navigator.serviceWorker.ready;
        const { dataset } = document.documentElement;
        return { controlMs: Number(dataset.controlMs), activeMs: Number(dataset.activeMs) };
      }, null);
      const { bytes } = await first.evaluate(stats, null);
      t.diagnostic(
        `active after ${Math.round(activeMs)} ms, control after ${Math.round(controlMs)} ms, ${raw} answers from the network, ${JSON.stringify(bytes)}`,
      );
      assert.ok(
        raw === 0 || wasLate(controlMs, activeMs),
        `${raw} answers from the network, active after ${activeMs} ms, control after ${controlMs} ms`,
      );
    });
  }
});

/**
 * A film is held for HOLD_MS while its service worker comes; on a machine too busy for a service worker to come and take control by then it plays from the
 * network. A page that control never came to (NaN) was not held at all, unless its worker was that late.
 */
function wasLate(controlMs: number, activeMs: number): boolean {
  return Number.isNaN(controlMs) ? activeMs >= HOLD_MS : controlMs >= HOLD_MS;
}

test("a film that the page's script starts at once, before the service worker has control, plays and seeks on", {
  skip: chromiumMissing(),
  timeout: 60_000,
}, async (t) => {
  const { site, stack, tab } = await startFilmVisit(undoAfter(t));
  const script = `<script>document.querySelector("video").play()</script>`;
  site.pages.set("/hasty", `<title>Hasty</title><video src="/media/film.mp4" muted></video>${script}`);
  await tab.open(`${stack.url}/hasty`);
  assertPlayed(await tab.evaluate(playAndSeek, { selector: "video", seeks: 10, seed: 9 }), 10);
});

test("a film that had begun before the service worker took control plays and seeks on", {
  skip: chromiumMissing(),
  timeout: 60_000,
}, async (t) => {
  const { stack, page, tab } = await startFilmVisit(undoAfter(t));
  // Without a way to hold it back the film starts with the network's bytes.
  await page.addInitScript(() => Reflect.deleteProperty(window, "MutationObserver"));
  await tab.open(`${stack.url}/film`);
  assertPlayed(await tab.evaluate(playAndSeek, { selector: "video", seeks: 10, seed: 9 }), 10);
});
