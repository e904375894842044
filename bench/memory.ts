import { fileURLToPath } from "node:url";
import { startSiteInside, startTuber, type Tuber } from "../e2e/programs.ts";
import { newVisitor, tabOf } from "../e2e/tab.ts";
import { waitForLink } from "../e2e/visit.ts";
import { launchChromium } from "../testing/browser.ts";
import { Child } from "../testing/child.ts";
import type { Undo } from "../testing/undo.ts";
import { browserProcesses } from "./browser-process.ts";
import { swallow } from "./in-page.ts";
import { memoryMb, processMemoryMb } from "./processes.ts";
import type { Measures, Result, Row } from "./result.ts";
import { valuesOf } from "./rounds.ts";

const LINKS = 50;
const FILE_BYTES = 2_000_000_000;
const LINKS_PROGRAM = fileURLToPath(new URL("./links-main.js", import.meta.url));
const SAMPLE_MS = 500;
/** For garbage collection and late work to settle. */
const SETTLE_MS = 5_000;

/** What an idle viewer costs the proxy, and what a long download costs proxy and browser. */
export async function memory(undo: Undo): Promise<Result> {
  const site = await startSiteInside(undo, undefined, {
    pages: { "/": "<title>Files</title>" },
    files: { "/big.bin": { name: "big", totalBytes: FILE_BYTES } },
  });
  const idle = await idleViewers(undo, site);
  const rows = [
    { contender: `${LINKS} more idle viewers`, rounds: [idle] },
    await download(undo, site, await startTuber(undo, { upstream: site })),
    await download(undo, site),
  ];
  const [tab = Number.NaN] = valuesOf(rows, "download by tuber", "tab MB");
  const [plainTab = Number.NaN] = valuesOf(rows, "download by http", "tab MB");
  const [proxy = Number.NaN] = valuesOf(rows, "download by tuber", "proxy MB");
  return {
    title: "Memory",
    how: `Growth over idle, pages shared between processes counted in part (PSS). Viewers: links of another process on one UDP port with their signalling sockets open, after a first ${LINKS}. Download: the highest growth seen while a page fetches ${FILE_BYTES / 1e9} GB and drops them; tab: all processes that run pages and workers; flat: second half of the download against its first.`,
    rows,
    claims: [
      { what: "proxy, each idle viewer", value: ((idle["proxy MB"] ?? Number.NaN) * 1_000) / LINKS, unit: "kB" },
      { what: "tab during the download, above idle", value: tab, unit: "MB", atMost: 64 },
      { what: "tab: tuber − http", value: tab - plainTab, unit: "MB" },
      { what: "proxy during the download, above idle", value: proxy, unit: "MB", atMost: 64 },
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

/** Without Tuber, straight from the site. */
async function download(undo: Undo, site: string, tuber?: Tuber): Promise<Row> {
  const browser = await launchChromium(undo);
  const page = await newVisitor(undo, browser);
  await page.goto(`${tuber?.url ?? site}/`);
  if (tuber) await waitForLink(tabOf(page));
  await pause(SETTLE_MS);
  const look = async (): Promise<Sample> => {
    const { browser: pid, renderers } = await browserProcesses(browser);
    const tabMb = renderers.reduce((total, renderer) => total + processMemoryMb(renderer), 0);
    return { tabMb, browserMb: memoryMb(pid), proxyMb: tuber ? memoryMb(tuber.pid) : 0 };
  };
  const idle = await look();
  const samples: Sample[] = [];
  const timer = setInterval(() => void look().then((sample) => samples.push(sample)), SAMPLE_MS);
  await page.evaluate(swallow, "/big.bin");
  clearInterval(timer);
  const name = `download by ${tuber ? "tuber" : "http"}`;
  await browser.close();
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
