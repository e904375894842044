import assert from "node:assert/strict";
import { createHash, randomBytes } from "node:crypto";
import { test } from "node:test";
import type { Browser, Page } from "playwright";
import { chromiumMissing, launchChromium } from "../testing/browser.ts";
import { type SwarmSite, startSwarmSite } from "../testing/swarm-site.ts";
import { type Undo, undoAfter } from "../testing/undo.ts";
import { until } from "../testing/until.ts";

const SEGMENT_BYTES = 300_000;
const edge = (peer: number) => ({ stripe: 0, peer });

interface Numbers {
  readonly bytes: Readonly<Record<"http" | "origin" | "viewer" | "uploaded", number>>;
  readonly links: number;
  readonly controlled: boolean;
  readonly faults: Readonly<Record<string, number>>;
}

test("a segment reaches one viewer through another, checked; a third with a ticket that is not the origin's gets nothing from them", {
  skip: chromiumMissing(),
  timeout: 120_000,
}, async (t) => {
  const undo = undoAfter(t);
  const site = await startSwarmSite(undo);
  const browser = await launchChromium(undo);
  const [first, second] = [await newViewer(undo, browser, site), await newViewer(undo, browser, site)];
  site.forgeTickets();
  const third = await newViewer(undo, browser, site);

  // Everybody's first segment goes the note path, and brings a ticket.
  const start = randomBytes(SEGMENT_BYTES);
  site.addSegment("/live/seg-1.ts", start);
  for (const page of [first, second, third]) assert.equal(await digestOf(page, "/live/seg-1.ts"), sha256(start));
  for (const peer of [1, 2, 3]) await until(() => hasSent(site, peer, "join"), `viewer ${peer} joins`);

  // The origin sends to the first alone, and the first to both others.
  site.assign(0, { stripes: 1, parents: [], children: [edge(1)] });
  site.assign(1, { stripes: 1, parents: [edge(0)], children: [edge(2), edge(3)] });
  for (const peer of [2, 3]) site.assign(peer, { stripes: 1, parents: [edge(1)], children: [] });
  await until(async () => (await stats(first)).links === 3, "the first viewer is linked to both others");

  const startBytes = async (): Promise<number> => (await counted(second, "http")) + (await counted(second, "origin"));
  await until(async () => (await startBytes()) === SEGMENT_BYTES, "the first segment is counted");
  const originBytes = await counted(second, "origin");
  const segment = randomBytes(SEGMENT_BYTES);
  site.announce("/live/seg-2.ts", segment);
  await until(async () => (await counted(first, "uploaded")) === SEGMENT_BYTES, "the first has sent it on, once");
  assert.equal(await digestOf(second, "/live/seg-2.ts"), sha256(segment));
  assert.equal(await digestOf(first, "/live/seg-2.ts"), sha256(segment));
  assert.equal(await digestOf(third, "/live/seg-2.ts"), sha256(segment));
  const asked = site.viewers.map((viewer) => viewer.asked.includes("/live/seg-2.ts"));
  assert.deepEqual(asked, [false, false, true]);

  await until(async () => (await counted(second, "viewer")) === SEGMENT_BYTES, "the second counts a viewer's bytes");
  assert.equal(await counted(first, "uploaded"), SEGMENT_BYTES);
  assert.equal(await counted(second, "origin"), originBytes);
  assert.equal(await counted(third, "viewer"), 0);
  // And they say why.
  await until(async () => ((await stats(first)).faults["ticket-forged"] ?? 0) > 0, "the forged ticket is counted");
  await until(() => reported(site, 2, 1, SEGMENT_BYTES), "the planner hears what the first did for the second");

  // Its only parent gone, the second has the next segment from the origin.
  await first.close();
  const last = randomBytes(SEGMENT_BYTES);
  site.announce("/live/seg-3.ts", last);
  assert.equal(await digestOf(second, "/live/seg-3.ts"), sha256(last));
});

test("a visitor who switches sharing off is known not to upload, on this visit and the next, until he switches it on", {
  skip: chromiumMissing(),
  timeout: 60_000,
}, async (t) => {
  const undo = undoAfter(t);
  const site = await startSwarmSite(undo);
  const page = await newViewer(undo, await launchChromium(undo), site);
  const said = (viewer: number) =>
    site.viewers[viewer]?.signals.flatMap((signal) => (signal.type === "means" ? signal.means.upload : []));
  const settings = await page.context().newPage();
  await settings.goto(`${site.url}/__tuber/`);
  await settings.uncheck("#sharing");
  await until(() => said(0)?.join() === "true,false", "the planner hears it at once");
  await page.reload();
  await until(() => said(1)?.length === 1, "the next visit says it too");
  assert.deepEqual(said(1), [false]);
  await settings.reload();
  assert.equal(await settings.isChecked("#sharing"), false);
  await settings.check("#sharing");
  await until(() => said(1)?.join() === "false,true", "it is on again");
});

test("a browser that has sent others something goes by one name from visit to visit, until its visitor wants none", {
  skip: chromiumMissing(),
  timeout: 60_000,
}, async (t) => {
  const undo = undoAfter(t);
  const site = await startSwarmSite(undo);
  const browser = await launchChromium(undo);
  const [giver, taker] = [await newViewer(undo, browser, site), await newViewer(undo, browser, site)];
  site.addSegment("/live/seg-1.ts", randomBytes(SEGMENT_BYTES));
  /** The name by which a visit joins; the newest one unless told. */
  const nameIn = async (page: Page, visit = site.viewers.length): Promise<string | undefined> => {
    await digestOf(page, "/live/seg-1.ts");
    await until(() => hasSent(site, visit, "join"), "it joins");
    return joinOf(site, visit)?.visitor;
  };
  const [name = "", other] = [await nameIn(giver, 1), await nameIn(taker)];
  assert.match(name, /^[0-9a-f]{32}$/);
  assert.notEqual(name, other);
  assert.deepEqual([await keptName(giver), await keptName(taker)], [undefined, undefined]);

  site.assign(0, { stripes: 1, parents: [], children: [edge(1)] });
  site.assign(1, { stripes: 1, parents: [edge(0)], children: [edge(2)] });
  site.assign(2, { stripes: 1, parents: [edge(1)], children: [] });
  await until(async () => (await stats(giver)).links === 2, "the two are linked");
  site.announce("/live/seg-2.ts", randomBytes(SEGMENT_BYTES));
  await until(async () => (await keptName(giver)) === name, "who has given keeps its name");
  assert.equal(await keptName(taker), undefined);

  await visitAgain(giver);
  assert.equal(await nameIn(giver), name);
  const settings = await giver.context().newPage();
  await settings.goto(`${site.url}/__tuber/`);
  await settings.uncheck("#sharing");
  assert.equal(await keptName(settings), undefined);
  await visitAgain(giver);
  assert.equal(await nameIn(giver), undefined);

  await taker.addInitScript(() => Object.defineProperty(navigator, "globalPrivacyControl", { value: true }));
  await visitAgain(taker);
  assert.equal(await nameIn(taker), undefined);
});

async function newViewer(undo: Undo, browser: Browser, site: SwarmSite): Promise<Page> {
  const context = await browser.newContext();
  undo(() => context.close());
  const page = await context.newPage();
  await page.goto(site.url);
  await isReady(page);
  return page;
}

async function visitAgain(page: Page): Promise<void> {
  await page.reload();
  await isReady(page);
}

async function isReady(page: Page): Promise<void> {
  await until(async () => {
    const { controlled, links } = await stats(page);
    return controlled && links > 0;
  }, "the page has its service worker and its link");
}

function joinOf(site: SwarmSite, peer: number): { readonly visitor?: string | undefined } | undefined {
  return site.viewers[peer - 1]?.signals.find((signal) => signal.type === "join");
}

/** The name that this browser has kept. */
async function keptName(page: Page): Promise<string | undefined> {
  return (await page.evaluate(() => localStorage.getItem("tuber-visitor")))?.split(" ")[0];
}

function hasSent(site: SwarmSite, peer: number, type: string): boolean {
  return site.viewers[peer - 1]?.signals.some((signal) => signal.type === type) ?? false;
}

function reported(site: SwarmSite, by: number, peer: number, bytes: number): boolean {
  const reports = site.viewers[by - 1]?.signals.flatMap((signal) => (signal.type === "report" ? signal.peers : []));
  return reports?.some((report) => report.peer === peer && report.bytes === bytes) ?? false;
}

function stats(page: Page): Promise<Numbers> {
  return page.evaluate(() => (window as unknown as { tuber: { stats(): Promise<Numbers> } }).tuber.stats());
}

async function counted(page: Page, path: keyof Numbers["bytes"]): Promise<number> {
  return (await stats(page)).bytes[path];
}

function digestOf(page: Page, url: string): Promise<string> {
  return page.evaluate(async (path) => {
    const bytes = await (await fetch(path)).arrayBuffer();
    const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
    return Array.from(digest, (byte) => byte.toString(16).padStart(2, "0")).join("");
  }, url);
}

function sha256(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex");
}
