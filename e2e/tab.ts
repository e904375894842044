import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import type { Browser, BrowserContextOptions, Page } from "playwright";
import type { Undo } from "../testing/undo.ts";
import { runText } from "./in-page.ts";

/** A loaded page that runs functions. */
export interface Evaluating {
  evaluate<A, R>(run: (argument: A) => R | Promise<R>, argument: A, timeoutMs?: number): Promise<R>;
}

/** One tab of whichever browser; what a Firefox tab of testing/firefox.ts is by itself. */
export interface Tab extends Evaluating {
  open(url: string): Promise<void>;
  close(): Promise<void>;
}

/** A Playwright page as a tab. */
export function tabOf(page: Page): Tab {
  return {
    open: async (url) => {
      await page.goto(url);
    },
    // Playwright's type for what a page function takes knows about handles; plain values are all we use.
    evaluate: (run, argument) => page.evaluate(run as never, argument) as never,
    close: () => page.close(),
  };
}

/** A page of a visitor who was never here before. */
export async function newVisitor(undo: Undo, browser: Browser, options: BrowserContextOptions = {}): Promise<Page> {
  const context = await browser.newContext(options);
  undo(() => context.close());
  return context.newPage();
}

const require = createRequire(import.meta.url);
const LIBRARIES = { hls: "hls.js/dist/hls.min.js", shaka: "shaka-player/dist/shaka-player.compiled.js" };

/** Gives the page a player without asking any site for it. */
export async function loadLibrary(tab: Tab, library: keyof typeof LIBRARIES): Promise<void> {
  await tab.evaluate(runText, readFileSync(require.resolve(LIBRARIES[library]), "utf8"));
}
