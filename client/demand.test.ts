import assert from "node:assert/strict";
import { createHash, randomBytes } from "node:crypto";
import { test } from "node:test";
import type { Browser, BrowserContext, Page } from "playwright";
import { chromiumMissing, launchChromium } from "../testing/browser.ts";
import { type SwarmSite, startSwarmSite } from "../testing/swarm-site.ts";
import { undoAfter } from "../testing/undo.ts";
import { until } from "../testing/until.ts";

const FILM = "/film.mp4";
const FILM_BYTES = 4_000_001;

interface Numbers {
  readonly bytes: Readonly<Record<"http" | "origin" | "viewer" | "store", number>>;
  readonly links: number;
  readonly controlled: boolean;
}

test("a film's bytes reach a second viewer through the first, and on the next visit come out of the store", {
  skip: chromiumMissing(),
  timeout: 120_000,
}, async (t) => {
  const undo = undoAfter(t);
  const site = await startSwarmSite(undo);
  const film = randomBytes(FILM_BYTES);
  site.addFilm(FILM, film);
  const browser = await launchChromium(undo);
  const first = await newViewer(browser, site);
  const second = await newViewer(browser, site);

  /** Reads the film; whether nobody but the swarm was asked for it. */
  const hadOfSwarm = async (page: Page, peer: number): Promise<boolean> => {
    const before = site.viewers[peer - 1]?.asked.length;
    assert.equal(await digestOf(page, FILM), sha256(film));
    return site.viewers[peer - 1]?.asked.length === before;
  };

  // The note's stream is left for the swarm as soon as somebody feeds the viewer.
  const watched = digestOf(first.page, FILM);
  await until(() => hasJoined(site, 1), "the first joins the film's swarm");
  site.assignFilm(1, [0, 2]);
  assert.equal(await watched, sha256(film));

  // What came by the note is the app's answer and no more: read again, it comes of the swarm, and is kept.
  await until(() => hadOfSwarm(first.page, 1), "the swarm answers the first", 60_000);
  site.withholdFilm();

  // The second has its first range by a note, everything else of the swarm.
  await second.page.evaluate(touch, { path: FILM, range: "bytes=0-99999" });
  await until(() => hasJoined(site, 2), "the second joins");
  site.assignFilm(2, [0, 1]);
  await until(async () => (await stats(second.page)).links === 2, "the second is linked to the first");
  await until(() => hadOfSwarm(second.page, 2), "the swarm answers the second", 60_000);
  await until(async () => (await stats(second.page)).bytes.viewer > FILM_BYTES / 2, "most of it came from the first");

  // The next visit is a new page and a new worker: one note, and what was kept.
  await second.page.reload();
  await isReady(second.page);
  const third = site.viewers.length;
  await second.page.evaluate(touch, { path: FILM, range: "bytes=0-99999" });
  await until(() => hasJoined(site, third), "the second joins again");
  await until(async () => {
    await second.page.evaluate(touch, { path: FILM, range: "bytes=2000000-2099999" });
    return (await stats(second.page)).bytes.store > 0;
  }, "the store answers, though nobody feeds the viewer");
  assert.equal(await digestOf(second.page, FILM), sha256(film));
  await until(async () => (await stats(second.page)).bytes.store >= FILM_BYTES, "all of it came out of the store");
});

async function newViewer(browser: Browser, site: SwarmSite): Promise<{ page: Page; context: BrowserContext }> {
  const context = await browser.newContext();
  const page = await context.newPage();
  page.on("worker", (w) => w.on("console", (m) => console.log(m.text())));
  page.on("console", (m) => console.log(m.text()));
  await page.goto(site.url);
  await isReady(page);
  return { page, context };
}

async function isReady(page: Page): Promise<void> {
  await until(async () => {
    const { controlled, links } = await stats(page);
    return controlled && links > 0;
  }, "the page has its service worker and its link");
}

function hasJoined(site: SwarmSite, peer: number): boolean {
  return site.viewers[peer - 1]?.signals.some((signal) => signal.type === "join") ?? false;
}

function stats(page: Page): Promise<Numbers> {
  return page.evaluate(() => (window as unknown as { tuber: { stats(): Promise<Numbers> } }).tuber.stats());
}

/** In the page: the first bytes of a range, no more. */
async function touch({ path, range }: { path: string; range: string }): Promise<void> {
  const reader = (await fetch(path, { headers: { range } })).body?.getReader();
  await reader?.read();
  await reader?.cancel();
}

function digestOf(page: Page, path: string): Promise<string> {
  return page.evaluate(async (url) => {
    const bytes = await (await fetch(url)).arrayBuffer();
    const digest = await crypto.subtle.digest("SHA-256", bytes);
    return Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, "0")).join("");
  }, path);
}

function sha256(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex");
}
