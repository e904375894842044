import { fileURLToPath } from "node:url";
import { startSiteInside, startTuber, type Tuber } from "../e2e/programs.ts";
import { Child } from "../testing/child.ts";
import { callOf, type QuietBrowser, type QuietPage, startQuietBrowser } from "../testing/quiet-browser.ts";
import { tempDir } from "../testing/temp-dir.ts";
import type { Undo } from "../testing/undo.ts";
import { byLink } from "./by-link.ts";
import { swallow } from "./in-page.ts";
import { memoryMb, processMemoryMb } from "./processes.ts";
import type { Measures, Result, Row } from "./result.ts";
import { valuesOf } from "./rounds.ts";
import { waitForLink } from "./wait-for-link.ts";

const LINKS = 50;
const FILE_BYTES = 2_000_000_000;
const PART_BYTES = 500_000_000;
const LINKS_PROGRAM = fileURLToPath(new URL("./links-main.js", import.meta.url));
const SAMPLE_MS = 500;
/** For garbage collection and late work to settle. */
const SETTLE_MS = 5_000;

/** What an idle viewer costs the proxy, and what a long download costs proxy and browser. */
export async function memory(undo: Undo): Promise<Result> {
  const site = await startSiteInside(undo, undefined, {
    pages: { "/": '<title>Files</title><a href="/big.bin" download>Save</a>' },
    files: {
      "/big.bin": { name: "big", totalBytes: FILE_BYTES },
      "/part.bin": { name: "part", totalBytes: PART_BYTES },
    },
  });
  const idle = await idleViewers(undo, site);
  const tuber = await startTuber(undo, { upstream: site });
  const rows: Row[] = [{ contender: `${LINKS} more idle viewers`, rounds: [idle] }];
  for (const way of [
    { name: "save, tuber", tuber, totalBytes: FILE_BYTES, take: save },
    { name: "save, http", totalBytes: FILE_BYTES, take: save },
    { name: "fetch, tuber", tuber, totalBytes: PART_BYTES, take: drop },
    { name: "fetch, http", totalBytes: PART_BYTES, take: drop },
  ]) {
    rows.push(await download(undo, site, way));
  }
  const of = (contender: string, measure: string): number => valuesOf(rows, contender, measure)[0] ?? Number.NaN;
  return {
    title: "Memory",
    how: `Growth over idle, pages shared between processes counted in part (PSS). Viewers: links of another process on one UDP port with their signalling sockets open, after a first ${LINKS}. Save: the highest growth seen while a click saves ${FILE_BYTES / 1e9} GB to disk. Fetch: while a script reads and drops ${PART_BYTES / 1e9} GB, whose chunks wait for the page's garbage collector. Tab: all processes that run pages and workers.`,
    rows,
    claims: [
      {
        what: "proxy, each idle viewer",
        value: (of(`${LINKS} more idle viewers`, "proxy MB") * 1_000) / LINKS,
        unit: "kB",
      },
      { what: "save by tuber: tab above idle", value: of("save, tuber", "tab MB"), unit: "MB", atMost: 64 },
      {
        what: "save by tuber: second half − first half",
        value: of("save, tuber", "tab, later − earlier MB"),
        unit: "MB",
        atMost: 8,
      },
      { what: "save by tuber: proxy above idle", value: of("save, tuber", "proxy MB"), unit: "MB", atMost: 64 },
      {
        what: "fetch: tab, tuber − http",
        value: of("fetch, tuber", "tab MB") - of("fetch, http", "tab MB"),
        unit: "MB",
      },
    ],
  };
}

async function idleViewers(undo: Undo, site: string): Promise<Measures> {
  const tuber = await startTuber(undo, { upstream: site });
  const child = new Child({ command: process.execPath, args: [LINKS_PROGRAM, tuber.url] });
  undo(() => child.end());
  const openMore = async (): Promise<number> => {
    const open = child.line((line) => (line.startsWith('{"open"') ? true : undefined), 180_000);
    child.process.stdin?.write(`${LINKS}\n`);
    await open;
    await pause(SETTLE_MS);
    return memoryMb(tuber.pid);
  };
  await child.line((line) => (line === '{"open":0}' ? true : undefined));
  const first = await openMore();
  return { "proxy MB": (await openMore()) - first };
}

interface Way {
  readonly name: string;
  /** Without Tuber, straight from the site. */
  readonly tuber?: Tuber;
  readonly totalBytes: number;
  take(page: QuietPage, browser: QuietBrowser): Promise<unknown>;
}

/** As people do it: a click, and the browser writes the file. */
async function save(page: QuietPage, { devTools }: QuietBrowser): Promise<void> {
  type Progress = { state: string };
  const over = devTools.event<Progress>("Browser.downloadProgress", ({ state }) => state !== "inProgress");
  await page.click("a");
  const { state } = await over;
  if (state !== "completed") throw new Error(`the download is ${state}`);
}

/** As scripts do it; what the page drops waits for its garbage collector. */
function drop(page: QuietPage): Promise<unknown> {
  return page.evaluate(callOf(swallow, "/part.bin"));
}

async function download(undo: Undo, site: string, { name, tuber, totalBytes, take }: Way): Promise<Row> {
  const browser = await startQuietBrowser(undo);
  const saving = { behavior: "allow", downloadPath: tempDir(undo), eventsEnabled: true };
  await browser.devTools.call("Browser.setDownloadBehavior", saving);
  const page = await browser.open(`${tuber?.url ?? site}/`);
  if (tuber) await waitForLink(page);
  await pause(SETTLE_MS);
  const look = async (): Promise<Sample> => {
    const tabMb = (await browser.renderers()).reduce((total, renderer) => total + processMemoryMb(renderer), 0);
    return { tabMb, browserMb: memoryMb(browser.pid), proxyMb: tuber ? memoryMb(tuber.pid) : 0 };
  };
  const idle = await look();
  const samples: Sample[] = [];
  const timer = setInterval(() => void look().then((sample) => samples.push(sample)), SAMPLE_MS);
  if (tuber) await byLink(page, totalBytes, () => take(page, browser));
  else await take(page, browser);
  clearInterval(timer);
  await browser.devTools.call("Browser.close");
  process.stderr.write(`${name}: done\n`);
  return { contender: name, rounds: [growth(idle, samples, tuber !== undefined)] };
}

interface Sample {
  readonly tabMb: number;
  readonly browserMb: number;
  readonly proxyMb: number;
}

function growth(idle: Sample, samples: readonly Sample[], withProxy: boolean): Measures {
  const peak = (part: readonly Sample[], of: keyof Sample): number => Math.max(...part.map((sample) => sample[of]));
  const half = Math.floor(samples.length / 2);
  const later = peak(samples.slice(half), "tabMb") - peak(samples.slice(0, half), "tabMb");
  return {
    "tab MB": peak(samples, "tabMb") - idle.tabMb,
    "tab, later − earlier MB": later,
    "browser MB": peak(samples, "browserMb") - idle.browserMb,
    ...(withProxy ? { "proxy MB": peak(samples, "proxyMb") - idle.proxyMb } : {}),
  };
}

function pause(delayMs: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, delayMs));
}
