import assert from "node:assert/strict";
import type { RequestListener } from "node:http";
import { test } from "node:test";
import { STORE_FOLDER } from "../protocol/paths.ts";
import { chromiumMissing } from "../testing/browser.ts";
import { undoAfter } from "../testing/undo.ts";
import { MODEST_HANDLERS, register, serveWorker } from "./app-worker.ts";
import { playAndSeek } from "./in-page.ts";
import { controlled, letLeaseAge, linkedVisit, startDirectVisit, takePlaceOf, visitThrice } from "./removing.ts";
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

test(
  "while Tuber's port is closed nothing is removed; once it is the site's, the film seeks on and the third visit has no service worker",
  SKIP,
  async (t) => {
    const undo = undoAfter(t);
    const visit = await linkedVisit(undo);
    const { tab, stack } = visit;
    await stack.tuber.stop();
    await letLeaseAge(visit);
    await assert.rejects(fetch(stack.url));
    await assert.rejects(
      tab.evaluate(() => fetch("/media/song.m4a").then(() => {}), null),
      /Failed to fetch/,
    );
    assert.deepEqual(await tab.evaluate(scopes, null), ["/"]);
    await takePlaceOf(undo, visit);
    assertPlayed(await tab.evaluate(playAndSeek, { selector: "video", seeks: 3, seed: 4 }), 3);
    await visitThrice(visit);
    assert.equal(await controlled(tab), false);
    assertPlayed(await tab.evaluate(playAndSeek, { selector: "video", seeks: 3, seed: 5 }), 3);
  },
);

test("without Tuber the app's service worker of a folder stays where ours goes", SKIP, async (t) => {
  const undo = undoAfter(t);
  const visit = await startDirectVisit(undo);
  const { tab, site, stack } = visit;
  serveWorker(visit, "/app/sw.js", MODEST_HANDLERS);
  site.pages.set("/app/", "<title>App</title>");
  await tab.open(`${stack.url}/film`);
  await waitForLink(tab);
  await tab.evaluate(register, { url: "/app/sw.js", type: "classic" });
  assert.deepEqual(await tab.evaluate(scopes, null), ["/", "/app/"]);
  await stack.tuber.stop();
  await takePlaceOf(undo, visit);
  await letLeaseAge(visit);
  await visitThrice(visit);
  assert.equal(await controlled(tab), false);
  await tab.open(`${stack.url}/app/`);
  assert.deepEqual(await tab.evaluate(scopes, null), ["/app/"]);
  assert.equal(await tab.evaluate(async () => (await fetch("/api/items")).text(), null), "from the app's worker");
});

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

/** Of all service workers of this site. */
async function scopes(_: null): Promise<string[]> {
  const all = await navigator.serviceWorker.getRegistrations();
  return all.map((one) => new URL(one.scope).pathname).sort();
}
