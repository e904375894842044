import type { Readable, Writable } from "node:stream";
import { CHROMIUM, QUIET, secureFlags } from "./browser.ts";
import { Child } from "./child.ts";
import { DevTools } from "./devtools.ts";
import { inside, type Namespace } from "./netns.ts";
import { tempDir } from "./temp-dir.ts";
import type { Undo } from "./undo.ts";

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
  /** Somebody who was never here before, in the same browser: nothing stored, nothing cached. */
  newVisitor(): Promise<QuietVisitor>;
  /** SIGKILL: no page hears of it. */
  kill9(): Promise<void>;
}

export interface QuietVisitor {
  /** `first`: a script that runs in the page before its own. */
  open(url: string, first?: string): Promise<QuietPage>;
  /** Closes the visitor's pages and forgets them. */
  leave(): Promise<void>;
}

export interface QuietPage {
  /** What the script, or the promise it gives, comes to. Rejects if it throws. It runs as if the user had just done something. */
  evaluate<T>(script: string): Promise<T>;
  /** The mouse clicks what `selector` names: a trusted event, which a script's `click()` is not. */
  click(selector: string): Promise<void>;
}

export interface QuietOptions {
  readonly namespace?: Namespace;
  /** Plain-http origins to treat as secure. */
  readonly secureOrigins?: readonly string[];
}

export async function startQuietBrowser(undo: Undo, options: QuietOptions = {}): Promise<QuietBrowser> {
  const flags = [...QUIET, ...secureFlags(options.secureOrigins ?? []), `--user-data-dir=${tempDir(undo)}`];
  const program = ["--headless=new", "--remote-debugging-pipe", ...flags, "about:blank"];
  const [command, args] = inside(options.namespace, CHROMIUM, program);
  const child = new Child({ command, args, morePipes: 2 });
  undo(() => child.end());
  const [, , , toBrowser, fromBrowser] = child.process.stdio;
  const devTools = DevTools.over(toBrowser as Writable, fromBrowser as Readable);
  return {
    pid: child.process.pid ?? 0,
    devTools,
    renderers: async () => {
      type Info = { processInfo: { type: string; id: number }[] };
      const { processInfo } = await devTools.call<Info>("SystemInfo.getProcessInfo");
      return processInfo.filter(({ type }) => type === "renderer").map(({ id }) => id);
    },
    open: (url) => openPage(devTools, url),
    newVisitor: () => newVisitor(devTools),
    kill9: () => child.end("SIGKILL"),
  };
}

async function newVisitor(devTools: DevTools): Promise<QuietVisitor> {
  const context = await devTools.call<{ browserContextId: string }>("Target.createBrowserContext");
  return {
    open: (url, first) => openPage(devTools, url, context, first),
    leave: () => devTools.call("Target.disposeBrowserContext", context),
  };
}

async function openPage(devTools: DevTools, url: string, context: object = {}, first = ""): Promise<QuietPage> {
  const blank = { url: "about:blank", ...context };
  const { targetId } = await devTools.call<{ targetId: string }>("Target.createTarget", blank);
  const page = await devTools.attach(targetId);
  await page.call("Page.enable");
  if (first !== "") await page.call("Page.addScriptToEvaluateOnNewDocument", { source: first });
  const loaded = page.event("Page.loadEventFired", () => true);
  await page.call("Page.navigate", { url });
  await loaded;
  return { evaluate: (script) => evaluate(page, script), click: (selector) => click(page, selector) };
}

async function click(page: DevTools, selector: string): Promise<void> {
  const corner = callOf((name: string) => {
    const target = document.querySelector(name);
    if (!target) throw new Error(`there is no ${name}`);
    const { x, y } = target.getBoundingClientRect();
    return { x, y };
  }, selector);
  const { x, y } = await evaluate<{ x: number; y: number }>(page, corner);
  const at = { x: x + 1, y: y + 1, button: "left", clickCount: 1 };
  await page.call("Input.dispatchMouseEvent", { type: "mousePressed", ...at });
  await page.call("Input.dispatchMouseEvent", { type: "mouseReleased", ...at });
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
