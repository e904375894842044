import assert from "node:assert/strict";
import { test } from "node:test";
import type { Page } from "playwright";
import { chromiumMissing } from "../testing/browser.ts";
import { undoAfter } from "../testing/undo.ts";
import { startFilmVisit } from "./film-site.ts";
import { download } from "./in-page.ts";
import { waitForLink } from "./visit.ts";

const SONG = "/media/song.m4a";

test("what a page asks of APIs does not wake the service worker where the browser has routes; media does", {
  skip: chromiumMissing(),
  timeout: 60_000,
}, async (t) => {
  const { stack, page, tab } = await startFilmVisit(undoAfter(t));
  await tab.open(`${stack.url}/`);
  await waitForLink(tab);
  const worker = await watchWorker(page);
  await worker.stop();
  await tab.evaluate(callApi, null);
  assert.deepEqual(worker.states(), ["stopped"]);
  assert.ok(await tab.evaluate(() => navigator.serviceWorker.controller !== null, null));
  await tab.evaluate(download, { url: SONG });
  assert.deepEqual(worker.states(), ["stopped", "starting", "running"]);
});

test("a page's navigation does not wake the service worker where the browser has routes", {
  skip: chromiumMissing(),
  timeout: 60_000,
}, async (t) => {
  // By default Chromium starts a worker beside every navigation that a route keeps from it, to have it ready for the page.
  const browser = { args: ["--disable-features=ServiceWorkerStaticRouterStartServiceWorker"] };
  const { site, stack, page, tab } = await startFilmVisit(undoAfter(t), { browser });
  // A page with our script speaks to the worker by itself; of this one the navigation is all there is.
  site.pages.set("/quiet", "<title>Quiet</title>");
  site.guard = (req, res) => {
    if (req.url === "/quiet") res.setHeader("cache-control", "no-transform");
    return false;
  };
  await tab.open(`${stack.url}/`);
  await waitForLink(tab);
  await tab.open(`${stack.url}/quiet`);
  // What the page that was left had to say to the worker is said before.
  await tab.evaluate(download, { url: SONG });
  const worker = await watchWorker(page);
  await worker.stop();
  await tab.open(`${stack.url}/quiet`);
  await tab.evaluate(callApi, null);
  assert.deepEqual(worker.states(), ["stopped"]);
});

/** What sites ask for besides media. */
async function callApi(_: null): Promise<void> {
  await fetch("/api/items");
  await fetch("/api/items?page=2", { method: "POST", body: "{}" });
  await fetch("/style.css", { mode: "no-cors" });
}

/** Watches the running status of the visitor's only service worker. */
async function watchWorker(page: Page): Promise<{ stop(): Promise<void>; states(): string[] }> {
  const devtools = await page.context().newCDPSession(page);
  const states: string[] = [];
  let onState = (_: string): void => {};
  devtools.on("ServiceWorker.workerVersionUpdated", ({ versions }) => {
    for (const { runningStatus } of versions) {
      if (runningStatus !== states.at(-1)) states.push(runningStatus);
      onState(runningStatus);
    }
  });
  await devtools.send("ServiceWorker.enable");
  return {
    stop: async () => {
      const stopped = new Promise<void>((resolve) => {
        onState = (state) => state === "stopped" && resolve();
      });
      await devtools.send("ServiceWorker.stopAllWorkers");
      await stopped;
      states.splice(0, states.length, "stopped");
    },
    states: () => states,
  };
}
