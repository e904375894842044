import type { BrowserContextOptions, Page } from "playwright";
import { type BrowserOptions, launchChromium } from "../testing/browser.ts";
import type { Undo } from "../testing/undo.ts";
import { until } from "../testing/until.ts";
import { type Content, digestOf, readContent } from "./content.ts";
import { type Downloaded, download } from "./in-page.ts";
import { type Site, startSite } from "./site.ts";
import { type Stack, startStack } from "./stack.ts";
import { newVisitor, type Tab, tabOf } from "./tab.ts";

/** What most tests need: a site with a film page and a big file, Tuber in front, a visitor in Chromium. */
export interface FilmVisit {
  readonly site: Site;
  readonly stack: Stack;
  /** The page and the tab are the same. */
  readonly page: Page;
  readonly tab: Tab;
}

export interface FilmVisitOptions {
  readonly browser?: BrowserOptions;
  readonly context?: BrowserContextOptions;
  /** More of Tuber's command line. */
  readonly args?: readonly string[];
}

/** `/big.bin` of the film site. */
export const BIG: Content = { name: "big", totalBytes: 100_000_000 };

/** The film's page is `/film`. Nothing is opened yet. */
export async function startFilmVisit(undo: Undo, options: FilmVisitOptions = {}): Promise<FilmVisit> {
  const site = await startSite(undo);
  site.pages.set("/film", `<title>Film</title><video src="/media/film.mp4" muted autoplay></video>`);
  site.files.set("/big.bin", BIG);
  const stack = await startStack(undo, site.url, options.args);
  const page = await newVisitor(undo, await launchChromium(undo, options.browser), options.context);
  return { site, stack, page, tab: tabOf(page) };
}

/** A download of /big.bin that has begun: a tenth of it has arrived. */
export async function beginBigDownload(tab: Tab): Promise<{ readonly done: Promise<Downloaded> }> {
  const done = tab.evaluate(download, { url: "/big.bin" }, 120_000);
  done.catch(() => undefined);
  const isBegun = (): Promise<boolean> => tab.evaluate((bytes) => window.downloadedBytes >= bytes, BIG.totalBytes / 10);
  await until(isBegun, "a tenth of the download is there");
  return { done };
}

let bigDigest: Promise<string> | undefined;

/** Of BIG, as `download` takes it; made once. */
export function digestOfBig(): Promise<string> {
  bigDigest ??= digestOf(readContent(BIG, 0, BIG.totalBytes));
  return bigDigest;
}
