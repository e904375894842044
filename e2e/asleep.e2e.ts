import assert from "node:assert/strict";
import { test } from "node:test";
import type { Page } from "playwright";
import { chromiumMissing } from "../testing/browser.ts";
import { undoAfter } from "../testing/undo.ts";
import { startFilmVisit } from "./film-site.ts";
import { download } from "./in-page.ts";
import { waitForLink } from "./visit.ts";

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
  await tab.evaluate(download, { url: "/media/song.m4a" });
  assert.deepEqual(worker.states(), ["stopped", "starting", "running"]);
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
