// Swarms of a few viewers on one machine: who counts as one, who works with whom, and who is asked to send.
import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import { chromiumMissing } from "../testing/browser.ts";
import { firefoxMissing, launchFirefox } from "../testing/firefox.ts";
import { freeTcpPort } from "../testing/free-port.ts";
import { callOf, type QuietPage, startQuietBrowser } from "../testing/quiet-browser.ts";
import { type Undo, undoAfter } from "../testing/undo.ts";
import { until } from "../testing/until.ts";
import { watchUrl } from "./audience.ts";
import { type Stats, stats } from "./in-page.ts";
import { startLabSite, startTuber, type Tuber } from "./programs.ts";

const SKIP = { skip: chromiumMissing(), timeout: 120_000 };
const PATIENCE_MS = 60_000;

test("two tabs of one browser are one viewer among three, and both are served by the others", SKIP, async (t) => {
  const undo = undoAfter(t);
  const tuber = await startChannel(undo);
  const browser = await startQuietBrowser(undo);
  const visitor = await browser.newVisitor();
  const url = channelUrl(tuber);
  const tabs = [await visitor.open(url), await visitor.open(url)];
  for (let other = 0; other < 2; other += 1) await (await browser.newVisitor()).open(url);
  await until(async () => (await membersOf(tuber)).length === 3, "three are in the swarm", PATIENCE_MS);
  for (const tab of tabs) await until(async () => (await read(tab)).bytes.viewer > 0, "the tab is served", PATIENCE_MS);
  assert.equal((await membersOf(tuber)).length, 3);
  assert.equal((await statusOf(tuber)).links.length, 3);
  const [one, other] = [await read(tabs[0]), await read(tabs[1])];
  assert.deepEqual([one.links, one.bytes.uploaded > 0], [other.links, other.bytes.uploaded > 0]);
});

const BOTH = { skip: chromiumMissing() ?? firefoxMissing(), timeout: 180_000 };
test("Firefox and Chromium serve each other", BOTH, async (t) => {
  const undo = undoAfter(t);
  const tuber = await startChannel(undo);
  const browser = await startQuietBrowser(undo);
  for (let viewer = 0; viewer < 2; viewer += 1) await (await browser.newVisitor()).open(channelUrl(tuber));
  const firefox = await (await launchFirefox(undo)).newTab();
  await firefox.open(channelUrl(tuber));
  const seen = () => firefox.evaluate(stats, null);
  await until(async () => (await seen()).bytes.viewer > 500_000, "Chromium serves Firefox", PATIENCE_MS);
  await until(async () => (await seen()).bytes.uploaded > 500_000, "Firefox serves Chromium", PATIENCE_MS);
  const { bytes, faults } = await seen();
  t.diagnostic(`Firefox: ${JSON.stringify({ bytes, faults })}`);
});

test(
  "origin-first: while the uplink has room nobody sends anything on, and all is pushed from here",
  SKIP,
  async (t) => {
    const { tuber, viewers } = await watchOriginFirst(t, "100Mbit");
    await until(async () => isAllFromOrigin(await membersOf(tuber)), "the origin feeds all", PATIENCE_MS);
    await until(
      async () => (await membersOf(tuber)).every(({ bytes }) => bytes.origin > 1_000_000),
      "all got",
      PATIENCE_MS,
    );
    assert.ok(isAllFromOrigin(await membersOf(tuber)));
    for (const viewer of viewers) assert.equal((await read(viewer)).bytes.uploaded, 0);
  },
);

test("origin-first: what a small uplink cannot bear viewers pass on", SKIP, async (t) => {
  const { tuber } = await watchOriginFirst(t, "5Mbit");
  const sent = async () => (await membersOf(tuber)).reduce((sum, { bytes }) => sum + bytes.viewer, 0);
  await until(async () => (await sent()) > 1_000_000, "viewers serve each other", PATIENCE_MS);
  assert.ok(!isAllFromOrigin(await membersOf(tuber)));
});

async function watchOriginFirst(t: TestContext, uplink: string): Promise<{ tuber: Tuber; viewers: QuietPage[] }> {
  const undo = undoAfter(t);
  const tuber = await startChannel(undo, ["--serve", "origin-first", "--uplink", uplink]);
  const browser = await startQuietBrowser(undo);
  const viewers: QuietPage[] = [];
  for (let n = 0; n < 3; n += 1) viewers.push(await (await browser.newVisitor()).open(channelUrl(tuber)));
  await until(async () => (await membersOf(tuber)).length === 3, "three are in the swarm", PATIENCE_MS);
  return { tuber, viewers };
}

/** The lab's live channel of 2 Mbit/s on loopback, with Tuber in front. */
async function startChannel(undo: Undo, args: readonly string[] = []): Promise<Tuber> {
  const upstream = await startLabSite(undo, undefined, `127.0.0.1:${await freeTcpPort()}`);
  return startTuber(undo, { upstream, args });
}

function channelUrl(tuber: Tuber): string {
  return watchUrl(tuber.url, { list: "/live/list.m3u8" });
}

function read(page: QuietPage | undefined): Promise<Stats> {
  return page?.evaluate<Stats>(callOf(stats, null)) ?? Promise.reject(new Error("no page"));
}

/** A viewer in the swarm, as `/status` shows it. */
interface Member {
  readonly peer: number;
  readonly direct: boolean;
  readonly bytes: { readonly origin: number; readonly viewer: number };
}

interface Status {
  readonly links: readonly unknown[];
  readonly swarms: readonly { readonly members: readonly Member[] }[];
}

async function statusOf(tuber: Tuber): Promise<Status> {
  return (await fetch(`${tuber.admin}/status`)).json() as Promise<Status>;
}

async function membersOf(tuber: Tuber): Promise<Member[]> {
  return (await statusOf(tuber)).swarms.flatMap(({ members }) => members.filter(({ peer }) => peer !== 0));
}

function isAllFromOrigin(members: readonly Member[]): boolean {
  return members.every(({ direct }) => direct);
}
