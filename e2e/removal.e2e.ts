import assert from "node:assert/strict";
import { createServer, type RequestListener } from "node:http";
import { test } from "node:test";
import { LEASE_PATH, STORE_FOLDER } from "../protocol/paths.ts";
import { chromiumMissing } from "../testing/browser.ts";
import { type Undo, undoAfter } from "../testing/undo.ts";
import { type FilmVisit, startFilmVisit } from "./film-site.ts";
import { playAndSeek } from "./in-page.ts";
import type { Tab } from "./tab.ts";
import { assertPlayed, waitForLink } from "./visit.ts";

const SKIP = { skip: chromiumMissing(), timeout: 90_000 };

/** What stands at our URLs once Tuber is gone. */
const REMAINS: Record<string, RequestListener> = {
  "answers 404": (_, res) => {
    res.statusCode = 404;
    res.end("not here");
  },
  "answers every URL with its page": (_, res) => {
    res.setHeader("content-type", "text/html");
    res.end("<!doctype html><title>App</title>");
  },
  "redirects what it does not know": (_, res) => {
    res.statusCode = 302;
    res.setHeader("location", "/");
    res.end();
  },
};

for (const [name, remains] of Object.entries(REMAINS)) {
  test(
    `without Tuber, where the site ${name}, a film seeks on and the third visit has no service worker`,
    SKIP,
    async (t) => {
      const undo = undoAfter(t);
      const visit = await linkedVisit(undo);
      const { tab, stack, site } = visit;
      await stack.tuber.stop();
      site.guard = (req, res) => {
        if (!req.url?.startsWith("/__tuber/")) return false;
        remains(req, res);
        return true;
      };
      await takePlaceOf(undo, visit);
      await letLeaseAge(visit);
      assertPlayed(await tab.evaluate(playAndSeek, { selector: "video", seeks: 3, seed: 4 }), 3);
      await visitThrice(visit);
      assert.equal(await controlled(tab), false);
      assertPlayed(await tab.evaluate(playAndSeek, { selector: "video", seeks: 3, seed: 5 }), 3);
    },
  );
}

test(
  "tuber uninstall-sw leaves the third visit without a service worker, and a film that plays meanwhile seeks on",
  SKIP,
  async (t) => {
    const visit = await linkedVisit(undoAfter(t));
    const { tab, stack } = visit;
    await tab.evaluate(keepThings, STORE_FOLDER);
    await stack.tuber.stop();
    await stack.tuber.restart([], "uninstall-sw");
    assertPlayed(await tab.evaluate(playAndSeek, { selector: "video", seeks: 3, seed: 4 }), 3);
    await visitThrice(visit);
    assert.equal(await controlled(tab), false);
    assertPlayed(await tab.evaluate(playAndSeek, { selector: "video", seeks: 3, seed: 5 }), 3);
    assert.deepEqual(await tab.evaluate(kept, null), { registrations: 0, caches: ["app"], folders: ["app"] });
  },
);

/** Tuber's worker kept pieces for a later visit, and the app keeps things of its own beside them. */
async function keepThings(storeFolder: string): Promise<void> {
  const root = await navigator.storage.getDirectory();
  for (const name of [storeFolder, "app"]) {
    const folder = await root.getDirectoryHandle(name, { create: true });
    await folder.getFileHandle("0123456789abcdef0123456789abcdef.pieces", { create: true });
  }
  await caches.open("app");
}

/** What this site has left in the browser. */
async function kept(_: null): Promise<{ registrations: number; caches: string[]; folders: string[] }> {
  const root = (await navigator.storage.getDirectory()) as unknown as { keys(): AsyncIterable<string> };
  const folders: string[] = [];
  for await (const name of root.keys()) folders.push(name);
  const registrations = (await navigator.serviceWorker.getRegistrations()).length;
  return { registrations, caches: await caches.keys(), folders: folders.sort() };
}

async function linkedVisit(undo: Undo): Promise<FilmVisit> {
  const visit = await startFilmVisit(undo);
  await visit.tab.open(`${visit.stack.url}/film`);
  await waitForLink(visit.tab);
  assertPlayed(await visit.tab.evaluate(playAndSeek, { selector: "video", seeks: 1, seed: 3 }), 1);
  return visit;
}

/** From now on the site itself answers on Tuber's port. */
async function takePlaceOf(undo: Undo, { stack, site }: FilmVisit): Promise<void> {
  const server = createServer((req, res) => site.answer(req, res));
  await new Promise<void>((resolve) => server.listen(Number(new URL(stack.tuber.url).port), "127.0.0.1", resolve));
  undo(() => {
    server.closeAllConnections();
    server.close();
  });
}

/** As if ten minutes had passed: the service worker forgets when it last heard of Tuber. */
async function letLeaseAge({ page }: FilmVisit): Promise<void> {
  await page.evaluate(async (leasePath) => {
    for (const name of await caches.keys()) await (await caches.open(name)).delete(leasePath);
  }, LEASE_PATH);
  const devtools = await page.context().newCDPSession(page);
  await devtools.send("ServiceWorker.enable");
  await devtools.send("ServiceWorker.stopAllWorkers");
}

/** Each visit lasts until the browser has let go of the service worker, at most as long as a browser puts off its update. */
async function visitThrice({ tab, stack }: FilmVisit): Promise<void> {
  for (let visits = 0; visits < 3; visits += 1) {
    await tab.open(`${stack.url}/film`);
    assertPlayed(await tab.evaluate(playAndSeek, { selector: "video", seeks: 1, seed: visits }), 1);
    await tab.evaluate(async (mostMs) => {
      const endMs = performance.now() + mostMs;
      while ((await navigator.serviceWorker.getRegistration()) && performance.now() < endMs) {
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
    }, 4_000);
  }
}

function controlled(tab: Tab): Promise<boolean> {
  return tab.evaluate(() => navigator.serviceWorker.controller !== null, null);
}
