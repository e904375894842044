import { Child } from "../testing/child.ts";
import { tempDir } from "../testing/temp-dir.ts";
import type { Undo } from "../testing/undo.ts";
import { DevTools } from "./devtools.ts";

const CHROMIUM = process.env.TUBER_CHROMIUM ?? "/usr/bin/chromium";
const FLAGS = [
  "--headless=new",
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
  "--remote-debugging-port=0",
];

/**
 * Chromium with nobody watching its network: test libraries do, which costs CPU for each chunk and keeps the bodies in memory, so
 * that figures would tell of the library.
 */
export interface QuietBrowser {
  /** Of its first process, the parent of all others. */
  readonly pid: number;
  /** Talks to the browser itself. */
  readonly devTools: DevTools;
  /** Processes that run pages and workers. */
  renderers(): Promise<number[]>;
  open(url: string): Promise<QuietPage>;
}

export interface QuietPage {
  /** What the script, or the promise it gives, comes to. Rejects if it throws. Clicks in it count as the user's. */
  evaluate<T>(script: string): Promise<T>;
}

export async function startQuietBrowser(undo: Undo): Promise<QuietBrowser> {
  const args = [...FLAGS, `--user-data-dir=${tempDir(undo)}`, "about:blank"];
  const child = new Child({ command: CHROMIUM, args });
  undo(() => child.end());
  const url = await child.line((line) => /DevTools listening on (ws:\S+)/.exec(line)?.[1]);
  const devTools = await DevTools.open(url);
  return {
    pid: child.process.pid ?? 0,
    devTools,
    renderers: async () => {
      type Info = { processInfo: { type: string; id: number }[] };
      const { processInfo } = await devTools.call<Info>("SystemInfo.getProcessInfo");
      return processInfo.filter(({ type }) => type === "renderer").map(({ id }) => id);
    },
    open: async (pageUrl) => openPage(new URL(url).host, devTools, pageUrl),
  };
}

async function openPage(host: string, devTools: DevTools, url: string): Promise<QuietPage> {
  const { targetId } = await devTools.call<{ targetId: string }>("Target.createTarget", { url: "about:blank" });
  const page = await DevTools.open(`ws://${host}/devtools/page/${targetId}`);
  await page.call("Page.enable");
  const loaded = page.event("Page.loadEventFired", () => true);
  await page.call("Page.navigate", { url });
  await loaded;
  return { evaluate: (script) => evaluate(page, script) };
}

async function evaluate<T>(page: DevTools, expression: string): Promise<T> {
  const how = { awaitPromise: true, returnByValue: true, userGesture: true };
  type Outcome = { result: { value: T }; exceptionDetails?: { exception?: { description?: string }; text: string } };
  const { result, exceptionDetails } = await page.call<Outcome>("Runtime.evaluate", { expression, ...how });
  if (exceptionDetails) throw new Error(exceptionDetails.exception?.description ?? exceptionDetails.text);
  return result.value;
}

/** Ships a function to a page by its text. */
export function callOf<A>(run: (argument: A) => unknown, argument: A): string {
  return `(${run})(${JSON.stringify(argument)})`;
}
