// Tuber is taken away from in front of a site.
import { createServer } from "node:http";
import { LEASE_PATH } from "../protocol/paths.ts";
import type { Undo } from "../testing/undo.ts";
import { type FilmVisit, startFilmVisit } from "./film-site.ts";
import { playAndSeek } from "./in-page.ts";
import type { Tab } from "./tab.ts";
import { assertPlayed, waitForLink } from "./visit.ts";

/** As startFilmVisit, but visitors come to Tuber's own port: once that is closed, their connections are refused. */
export async function startDirectVisit(undo: Undo): Promise<FilmVisit> {
  const visit = await startFilmVisit(undo);
  return { ...visit, stack: { ...visit.stack, url: visit.stack.tuber.url } };
}

/** A visitor at the site's film page, with a link. */
export async function linkedVisit(undo: Undo): Promise<FilmVisit> {
  const visit = await startDirectVisit(undo);
  await visit.tab.open(`${visit.stack.url}/film`);
  await waitForLink(visit.tab);
  assertPlayed(await visit.tab.evaluate(playAndSeek, { selector: "video", seeks: 1, seed: 3 }), 1);
  return visit;
}

/** From now on the site itself answers on Tuber's port. */
export async function takePlaceOf(undo: Undo, { stack, site }: FilmVisit): Promise<void> {
  const server = createServer((req, res) => site.answer(req, res));
  await new Promise<void>((resolve) => server.listen(Number(new URL(stack.tuber.url).port), "127.0.0.1", resolve));
  undo(() => {
    server.closeAllConnections();
    server.close();
  });
}

/** As if ten minutes had passed: the service worker forgets when it last heard of Tuber. */
export async function letLeaseAge({ page }: FilmVisit): Promise<void> {
  await page.evaluate(async (leasePath) => {
    for (const name of await caches.keys()) await (await caches.open(name)).delete(leasePath);
  }, LEASE_PATH);
  const devtools = await page.context().newCDPSession(page);
  await devtools.send("ServiceWorker.enable");
  await devtools.send("ServiceWorker.stopAllWorkers");
}

/** Each visit lasts until the browser has let go of the service worker, at most as long as a browser puts off its update. */
export async function visitThrice({ tab, stack }: FilmVisit): Promise<void> {
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

/** Whether some service worker has the page. */
export function controlled(tab: Tab): Promise<boolean> {
  return tab.evaluate(() => navigator.serviceWorker.controller !== null, null);
}
