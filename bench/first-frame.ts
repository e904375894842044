import type { Browser, Page } from "playwright";
import { linked } from "../e2e/in-page.ts";
import { startDemoSite, startTuber } from "../e2e/programs.ts";
import { launchChromium } from "../testing/browser.ts";
import type { Undo } from "../testing/undo.ts";
import { within } from "../testing/within.ts";
import { watchFirstFrame } from "./in-page.ts";
import type { Measures, Result } from "./result.ts";
import { type Contender, difference, interleave, ratio } from "./rounds.ts";

const ROUNDS = 7;
const FILM = "/film.html";

/** How long a viewer waits for the picture, with and without Tuber, as a newcomer and on the second page. */
export async function firstFrame(undo: Undo): Promise<Result> {
  const site = await startDemoSite(undo);
  const tuber = await startTuber(undo, { upstream: site });
  const browser = await launchChromium(undo);
  const visits: readonly Visit[] = [
    { name: "http, second page", browser, url: site, begin: openHome },
    { name: "tuber, second page", browser, url: tuber.url, begin: openHomeAndLink },
    { name: "http, first page", browser, url: site, begin: openNothing },
    { name: "tuber, first page", browser, url: tuber.url, begin: openNothing },
  ];
  const measure = "first frame ms";
  const rows = await interleave(visits.map(contender), ROUNDS);
  const second = { measure, of: "tuber, second page", to: "http, second page" };
  const first = { measure, of: "tuber, first page", to: "http, first page" };
  return {
    title: "Time to the first frame",
    how: "The demo's film page on one machine, a fresh browser profile for each visit: from the start of the navigation to the video's first frame on the screen. Second page: the visitor opened the home page before, so that Tuber's service worker answers; its link is made anew by the film's page.",
    rows,
    claims: [
      ratio(rows, { ...second, atMost: 1.1 }),
      difference(rows, second, "ms"),
      difference(rows, { ...first, atMost: 350 }, "ms"),
      ratio(rows, first),
    ],
  };
}

interface Visit {
  readonly name: string;
  readonly browser: Browser;
  readonly url: string;
  /** What the visitor does before. */
  begin(page: Page, url: string): Promise<unknown>;
}

async function openNothing(): Promise<void> {}

async function openHome(page: Page, url: string): Promise<void> {
  await page.goto(`${url}/`);
  await page.waitForTimeout(500);
}

async function openHomeAndLink(page: Page, url: string): Promise<void> {
  await page.goto(`${url}/`);
  const { controlled, links, why } = await page.evaluate(linked, { timeoutMs: 10_000 });
  if (!controlled || links === 0) throw new Error(`no link: ${why}`);
  await page.waitForTimeout(500);
}

function contender({ name, browser, url, begin }: Visit): Contender {
  return {
    name,
    run: async (): Promise<Measures> => {
      const context = await browser.newContext();
      try {
        const page = await context.newPage();
        await begin(page, url);
        await page.addInitScript(watchFirstFrame);
        await page.goto(url + FILM, { waitUntil: "commit" });
        const frame = page.evaluate(() => window.firstFrameMs);
        return { "first frame ms": await within(15_000, frame, () => `${name}: no frame`) };
      } finally {
        await context.close();
      }
    },
  };
}
