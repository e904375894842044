import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { readdirSync, readFileSync } from "node:fs";
import { constants, setPriority } from "node:os";
import type { Readable, Writable } from "node:stream";
import { CHROMIUM, QUIET, secureFlags } from "./browser.ts";
import { inside, type Namespace } from "./netns.ts";
import { tempDir } from "./temp-dir.ts";
import type { Undo } from "./undo.ts";
import { within } from "./within.ts";

/** The one tab of a Chromium that nobody listens in on. */
export interface QuietTab {
  /** Loads the page and waits for its load event. */
  open(url: string): Promise<void>;
  evaluate<A, R>(run: (argument: A) => R | Promise<R>, argument: A, timeoutMs?: number): Promise<R>;
  close(): Promise<void>;
}

/**
 * A headless Chromium for measurements. Playwright hears of every chunk that a page receives, which costs the browser a quarter of
 * its time; this one is asked to load and to evaluate, and tells nothing else. Ended after the test.
 */
export async function launchQuietChromium(
  undo: Undo,
  options: { readonly namespace: Namespace; readonly secureOrigins: readonly string[] },
): Promise<QuietTab> {
  const profile = `--user-data-dir=${tempDir(undo)}`;
  const flags = ["--headless", "--remote-debugging-pipe", profile, ...QUIET, ...secureFlags(options.secureOrigins)];
  const [command, args] = inside(options.namespace, CHROMIUM, [...flags, "about:blank"]);
  const browser = spawn(command, args, { stdio: ["ignore", "ignore", "ignore", "pipe", "pipe"] });
  undo(() => end(browser));
  const devtools = new DevTools(browser);
  const { targetInfos } = await devtools.send<{ targetInfos: Target[] }>("Target.getTargets", {});
  const targetId = targetInfos.find((target) => target.type === "page")?.targetId;
  const attach = { targetId, flatten: true };
  const { sessionId } = await devtools.send<{ sessionId: string }>("Target.attachToTarget", attach);
  await devtools.send("Page.enable", {}, sessionId);
  receivePromptly(browser.pid ?? 0);
  return {
    open: async (url) => {
      const loaded = devtools.event("Page.loadEventFired");
      await devtools.send("Page.navigate", { url }, sessionId);
      await within(30_000, loaded, () => `${url} does not load`);
    },
    evaluate: async (run, argument, timeoutMs) => {
      const expression = `(${run})(${JSON.stringify(argument) ?? "undefined"})`;
      const call = { expression, awaitPromise: true, returnByValue: true };
      const answer = await devtools.send<Evaluation>("Runtime.evaluate", call, sessionId, timeoutMs);
      if (answer.exceptionDetails) throw new Error(`in the page: ${JSON.stringify(answer.exceptionDetails)}`);
      return answer.result.value as never;
    },
    close: () => end(browser),
  };
}

interface Target {
  readonly targetId: string;
  readonly type: string;
}

interface Evaluation {
  readonly result: { readonly value?: unknown };
  readonly exceptionDetails?: object;
}

interface Message {
  readonly id?: number;
  readonly method?: string;
  readonly result?: unknown;
  readonly error?: object;
}

/** Chromium's debugging protocol over two pipes: JSON texts, each ended by a zero byte. */
class DevTools {
  readonly #out: Writable;
  readonly #calls = new Map<number, { resolve(result: never): void; reject(error: Error): void }>();
  readonly #events = new Map<string, () => void>();
  #count = 0;
  #text = "";

  constructor(browser: ChildProcess) {
    const [, , , out, input] = browser.stdio;
    this.#out = out as Writable;
    (input as Readable).setEncoding("utf8").on("data", (text: string) => this.#take(text));
    browser.once("exit", () => this.#fail(new Error("Chromium is gone")));
  }

  send<T>(method: string, params: object, sessionId?: string, timeoutMs = 60_000): Promise<T> {
    this.#count += 1;
    const id = this.#count;
    const answered = new Promise<never>((resolve, reject) => this.#calls.set(id, { resolve, reject }));
    this.#out.write(`${JSON.stringify({ id, method, params, sessionId })}\0`);
    return within(timeoutMs, answered, () => `${method} takes too long`);
  }

  /** The next event of this name. */
  event(method: string): Promise<void> {
    return new Promise((resolve) => this.#events.set(method, resolve));
  }

  #take(text: string): void {
    const parts = (this.#text + text).split("\0");
    this.#text = parts.pop() ?? "";
    for (const part of parts) this.#hear(JSON.parse(part));
  }

  #hear({ id, method, result, error }: Message): void {
    this.#events.get(method ?? "")?.();
    const call = this.#calls.get(id ?? 0);
    this.#calls.delete(id ?? 0);
    if (error) call?.reject(new Error(JSON.stringify(error)));
    else call?.resolve(result as never);
  }

  #fail(error: Error): void {
    for (const call of this.#calls.values()) call.reject(error);
    this.#calls.clear();
  }
}

async function end(browser: ChildProcess): Promise<void> {
  if (browser.exitCode !== null || browser.signalCode !== null) return;
  const gone = once(browser, "exit");
  browser.kill("SIGKILL");
  await gone;
}

/**
 * Its process for the network first: the socket holds some 56 packets, and on two cores that also run the proxy and the line it
 * would lose packets that no viewer's machine loses.
 */
function receivePromptly(browserPid: number): void {
  for (const pid of descendants(browserPid)) {
    if (!readOr(`/proc/${pid}/cmdline`).includes("network.mojom.NetworkService")) continue;
    for (const thread of readdirSync(`/proc/${pid}/task`)) {
      try {
        setPriority(Number(thread), constants.priority.PRIORITY_HIGHEST);
      } catch {
        // Not everyone may ask for this; then the figures are worse.
        return;
      }
    }
  }
}

/** Process ids below this one. */
function descendants(pid: number): number[] {
  const children = readOr(`/proc/${pid}/task/${pid}/children`).split(" ").filter(Boolean).map(Number);
  return children.flatMap((child) => [child, ...descendants(child)]);
}

function readOr(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return "";
  }
}
