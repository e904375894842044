import assert from "node:assert/strict";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { test } from "node:test";
import type { Page } from "playwright";
import { chromiumMissing, launchChromium } from "../testing/browser.ts";
import { type Undo, undoAfter } from "../testing/undo.ts";
import { until } from "../testing/until.ts";
import { type Carried, carried, tapConnections } from "./connection-tap.ts";
import { bytesOf, type Content, digestOf, readContent } from "./content.ts";
import { download, type Stats } from "./in-page.ts";
import { startTuber, type Tuber } from "./programs.ts";
import { newVisitor, type Tab, tabOf } from "./tab.ts";

const FILM: Content = { name: "film", totalBytes: 12_000_000 };

test("three visitors have one film of each other, right to the byte, and the next time out of their own store", {
  skip: chromiumMissing(),
  timeout: 240_000,
}, async (t) => {
  const undo = undoAfter(t);
  const tuber = await startTuber(undo, { upstream: await filmSite(undo), args: ["--min-viewers", "2"] });
  const browser = await launchChromium(undo);
  const expected = await digestOf(readContent(FILM, 0, FILM.totalBytes));
  const tabs: Tab[] = [];
  for (let visitor = 0; visitor < 3; visitor += 1) {
    const page: Page = await newVisitor(undo, browser);
    await page.addInitScript(tapConnections, null);
    await page.goto(`${tuber.url}/`);
    const tab = tabOf(page);
    await until(async () => (await stats(tab)).controlled && (await stats(tab)).links > 0, "there is a link", 30_000);
    tabs.push(tab);
  }
  const watch = async (tab: Tab): Promise<void> => {
    const { digest, error } = await tab.evaluate(download, { url: "/film.mp4" }, 60_000);
    assert.deepEqual([error, digest], ["", expected]);
  };
  // Everybody's first time brings the ticket; from then on others are asked too, and what is here is not asked for again.
  const isKept = async (tab: Tab): Promise<boolean> => {
    const before = await stats(tab);
    await watch(tab);
    const { bytes } = await stats(tab);
    return bytes.store - before.bytes.store > FILM.totalBytes / 2;
  };
  for (const tab of tabs) await watch(tab);
  for (const tab of tabs) await until(() => isKept(tab), "most of the film comes out of the visitor's store", 90_000);
  const all = await Promise.all(tabs.map(stats));
  const viewerBytes = all.reduce((sum, { bytes }) => sum + bytes.viewer, 0);
  t.diagnostic(`${viewerBytes} bytes came from other visitors, ${JSON.stringify(all.map(({ bytes }) => bytes))}`);
  assert.ok(viewerBytes > 0);

  await t.test(
    "/status tells within 2 % what the browsers' own counters tell of their connections, way by way",
    async (t) => {
      const wire = (await Promise.all(tabs.map((tab) => tab.evaluate(carried, null)))).sort(byViewer);
      const [origin, viewer] = [sum(wire.map((each) => each.origin)), sum(wire.map((each) => each.viewer))];
      const compare = async (): Promise<Compared[]> => {
        const { bytes, swarms } = await statusOf(tuber);
        const members = swarms.flatMap((swarm) => swarm.members.filter(({ peer }) => peer !== 0));
        const told = members.map((member) => member.bytes.viewer).sort(rising);
        return [
          { told: bytes.origin, counted: origin, besideBytes: 0.02 * origin },
          { told: bytes.viewer, counted: viewer, besideBytes: 0.02 * viewer },
          // What somebody sends is acknowledged by those who get it.
          ...wire.map((each, place) => ({
            told: told[place] ?? 0,
            counted: each.viewer,
            besideBytes: 0.02 * (each.viewer + each.toViewers),
          })),
        ];
      };
      // Visitors report every five seconds what came of each other.
      await until(async () => (await compare()).every(agrees), "agreement", 15_000).catch(() => undefined);
      const compared = await compare();
      t.diagnostic(JSON.stringify(compared));
      assert.deepEqual(
        compared.filter((each) => !agrees(each)),
        [],
      );
    },
  );
});

/** Bytes as `/status` tells them, as the browsers counted them, and what their connections may carry beside: frames' heads, acknowledgements. */
interface Compared {
  readonly told: number;
  readonly counted: number;
  readonly besideBytes: number;
}

function agrees({ told, counted, besideBytes }: Compared): boolean {
  return told <= counted && told >= counted - besideBytes;
}

function byViewer(a: Carried, b: Carried): number {
  return a.viewer - b.viewer;
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

function rising(a: number, b: number): number {
  return a - b;
}

interface Status {
  readonly bytes: { readonly origin: number; readonly viewer: number };
  readonly swarms: readonly {
    readonly members: readonly { readonly peer: number; readonly bytes: { readonly viewer: number } }[];
  }[];
}

async function statusOf({ admin }: Tuber): Promise<Status> {
  return (await fetch(`${admin}/status`)).json() as Promise<Status>;
}

/** A site with one public film, which answers ranges. */
async function filmSite(undo: Undo): Promise<string> {
  const site = createServer((req, res) => {
    if (req.url !== "/film.mp4") {
      res.setHeader("content-type", "text/html").end("<!doctype html><title>Film</title>");
      return;
    }
    const range = /^bytes=(\d+)-(\d*)$/.exec(req.headers.range ?? "");
    const start = Number(range?.[1] ?? 0);
    const end = Math.min(FILM.totalBytes, Number(range?.[2] || FILM.totalBytes) + 1);
    res.writeHead(range ? 206 : 200, {
      "content-type": "video/mp4",
      "content-length": end - start,
      etag: '"film-1"',
      "cache-control": "public, max-age=3600",
      ...(range && { "content-range": `bytes ${start}-${end - 1}/${FILM.totalBytes}` }),
    });
    res.end(bytesOf(FILM, start, end));
  });
  await new Promise<void>((resolve) => site.listen(0, "127.0.0.1", resolve));
  undo(() => {
    site.closeAllConnections();
    site.close();
  });
  return `http://127.0.0.1:${(site.address() as AddressInfo).port}`;
}

function stats(tab: Tab): Promise<Stats> {
  return tab.evaluate(() => window.tuber.stats(), undefined);
}
