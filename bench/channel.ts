import { fileURLToPath } from "node:url";
import { startSiteInside, startTuber } from "../e2e/programs.ts";
import { Child } from "../testing/child.ts";
import { callOf, type QuietBrowser, type QuietPage, startQuietBrowser } from "../testing/quiet-browser.ts";
import type { Undo } from "../testing/undo.ts";
import { byLink } from "./by-link.ts";
import { type Swallowed, swallow } from "./in-page.ts";
import { cpuSeconds } from "./processes.ts";
import type { Measures, Result } from "./result.ts";
import { type Contender, interleave, ratio } from "./rounds.ts";
import { waitForLink } from "./wait-for-link.ts";

const FILE_BYTES = 200_000_000;
const ROUNDS = 3;
const RAW_ORIGIN = fileURLToPath(new URL("./raw-origin-main.js", import.meta.url));

/** How fast a big file comes over Tuber's link, beside a bare DataChannel and plain HTTP. */
export async function channel(undo: Undo): Promise<Result> {
  const site = await startSiteInside(undo, undefined, {
    pages: { "/": "<title>Files</title>" },
    files: { "/big.bin": { name: "big", totalBytes: FILE_BYTES } },
  });
  const browser = await startQuietBrowser(undo);
  const contenders = [await overLink(undo, browser, site), await raw(undo, browser), await plain(browser, site)];
  const rows = await interleave(contenders, ROUNDS);
  return {
    title: "A big file over the link",
    how: `${FILE_BYTES / 1e6} MB on one machine. tuber: \`fetch()\` in a page, through service worker, link and proxy, from the site. raw: node-datachannel with the same settings to a page's worker, 64 KiB messages from memory. http: \`fetch()\` straight from the site. CPU is that of Tuber's (or the raw sender's) process, and of the whole browser.`,
    rows,
    claims: [
      ratio(rows, { measure: "MB/s", of: "tuber", to: "raw", atLeast: 0.85 }),
      ratio(rows, { measure: "sender CPU-s/GB", of: "tuber", to: "raw" }),
      ratio(rows, { measure: "browser CPU-s/GB", of: "tuber", to: "raw" }),
      ratio(rows, { measure: "MB/s", of: "tuber", to: "http" }),
    ],
  };
}

async function overLink(undo: Undo, browser: QuietBrowser, site: string): Promise<Contender> {
  const tuber = await startTuber(undo, { upstream: site });
  const page = await browser.open(`${tuber.url}/`);
  await waitForLink(page);
  const run = (): Promise<number> => byLink(page, FILE_BYTES, () => fetchMs(page));
  return measured("tuber", browser, () => tuber.pid, run);
}

async function fetchMs(page: QuietPage): Promise<number> {
  return (await page.evaluate<Swallowed>(callOf(swallow, "/big.bin"))).durationMs;
}

async function raw(undo: Undo, browser: QuietBrowser): Promise<Contender> {
  const child = new Child({ command: process.execPath, args: ["--enable-source-maps", RAW_ORIGIN] });
  undo(() => child.end());
  const url = await child.line((line) => /"url":"([^"]+)"/.exec(line)?.[1]);
  const page = await browser.open(url);
  await page.evaluate("connect()");
  const run = (): Promise<number> => page.evaluate(`receive(${FILE_BYTES})`);
  return measured("raw", browser, () => child.process.pid ?? 0, run);
}

async function plain(browser: QuietBrowser, site: string): Promise<Contender> {
  const page = await browser.open(`${site}/`);
  return measured("http", browser, undefined, () => fetchMs(page));
}

function measured(
  name: string,
  browser: QuietBrowser,
  senderPid: (() => number) | undefined,
  run: () => Promise<number>,
): Contender {
  return {
    name,
    run: async (): Promise<Measures> => {
      const look = (): [number, number] => [senderPid ? cpuSeconds(senderPid()) : 0, cpuSeconds(browser.pid)];
      const before = look();
      const durationMs = await run();
      const after = look();
      const gigabytes = FILE_BYTES / 1e9;
      return {
        "MB/s": FILE_BYTES / 1e3 / durationMs,
        ...(senderPid ? { "sender CPU-s/GB": (after[0] - before[0]) / gigabytes } : {}),
        "browser CPU-s/GB": (after[1] - before[1]) / gigabytes,
      };
    },
  };
}
