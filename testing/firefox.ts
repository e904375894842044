import { existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { WebSocket } from "ws";
import { Child } from "./child.ts";
import { tempDir } from "./temp-dir.ts";
import type { Undo } from "./undo.ts";
import { within } from "./within.ts";

/** Debian's; TUBER_FIREFOX names another. */
const FIREFOX = process.env.TUBER_FIREFOX ?? "/usr/bin/firefox-esr";

/** No updates, telemetry or first-run pages; videos may start by themselves. */
const PREFERENCES = {
  "app.update.enabled": false,
  "app.normandy.enabled": false,
  "browser.shell.checkDefaultBrowser": false,
  "datareporting.policy.dataSubmissionEnabled": false,
  "media.autoplay.default": 0,
  "network.captive-portal-service.enabled": false,
  "network.connectivity-service.enabled": false,
  "services.settings.server": "data:,",
  "toolkit.telemetry.enabled": false,
};

/** Why there is no Firefox to test with, or undefined if there is; fits node:test's `skip`. */
export function firefoxMissing(): string | undefined {
  return existsSync(FIREFOX) ? undefined : `${FIREFOX} is missing (Debian: apt-get install firefox-esr)`;
}

/** One tab of a Firefox driven by WebDriver BiDi. */
export interface FirefoxTab {
  /** Loads the page and waits for its load event. */
  open(url: string): Promise<void>;
  /** Runs the function in the page (it sees the page and its argument only) and answers what it resolves to, as JSON. */
  evaluate<A, R>(run: (argument: A) => R | Promise<R>, argument: A, timeoutMs?: number): Promise<R>;
  /** PNG. */
  screenshot(): Promise<Buffer>;
  close(): Promise<void>;
}

export interface Firefox {
  newTab(): Promise<FirefoxTab>;
  /** A tab of somebody who was never here before. */
  newVisitor(): Promise<FirefoxTab>;
}

/** A headless Firefox with a fresh profile. Closed after the test. */
export async function launchFirefox(undo: Undo): Promise<Firefox> {
  const profile = tempDir(undo);
  const lines = Object.entries(PREFERENCES).map(
    ([key, value]) => `user_pref(${JSON.stringify(key)}, ${JSON.stringify(value)});`,
  );
  writeFileSync(join(profile, "user.js"), lines.join("\n"));
  const args = ["--headless", "--no-remote", "--profile", profile, "--remote-debugging-port", "0", "about:blank"];
  const child = new Child({
    command: FIREFOX,
    args,
    env: { ...process.env, HOME: profile, MOZ_CRASHREPORTER_DISABLE: "1" },
  });
  undo(() => child.end());
  const address = await child.line((line) => /WebDriver BiDi listening on (ws:\S+)/.exec(line)?.[1], 60_000);
  const bidi = await connect(`${address}/session`);
  undo(() => bidi.socket.terminate());
  await bidi.send("session.new", { capabilities: {} });
  const newTab = async (whose = {}): Promise<FirefoxTab> => {
    const { context } = await bidi.send<{ context: string }>("browsingContext.create", { type: "tab", ...whose });
    return tab(bidi, context);
  };
  return {
    newTab,
    newVisitor: async () => newTab(await bidi.send<{ userContext: string }>("browser.createUserContext", {})),
  };
}

function tab(bidi: Bidi, context: string): FirefoxTab {
  return {
    open: async (url) => {
      await bidi.send("browsingContext.navigate", { context, url, wait: "complete" });
    },
    evaluate: async (run, argument, timeoutMs) => {
      const expression = `(async () => JSON.stringify([await (${run})(${JSON.stringify(argument) ?? "undefined"})]))()`;
      const evaluation = { expression, target: { context }, awaitPromise: true };
      const answer = await bidi.send<Evaluation>("script.evaluate", evaluation, timeoutMs);
      if (answer.type !== "success") throw new Error(`in the page: ${answer.exceptionDetails?.text}`);
      return JSON.parse(answer.result?.value ?? "[]")[0];
    },
    screenshot: async () => {
      const { data } = await bidi.send<{ data: string }>("browsingContext.captureScreenshot", { context });
      return Buffer.from(data, "base64");
    },
    close: async () => {
      await bidi.send("browsingContext.close", { context });
    },
  };
}

interface Evaluation {
  readonly type: string;
  readonly result?: { readonly value: string };
  readonly exceptionDetails?: { readonly text: string };
}

interface Bidi {
  readonly socket: WebSocket;
  send<T>(method: string, params: object, timeoutMs?: number): Promise<T>;
}

async function connect(url: string): Promise<Bidi> {
  const socket = new WebSocket(url, { perMessageDeflate: false });
  const waiting = new Map<number, { resolve(value: never): void; reject(error: Error): void }>();
  const fail = (error: Error): void => {
    for (const call of waiting.values()) call.reject(error);
    waiting.clear();
  };
  await new Promise((resolve, reject) => socket.once("open", resolve).once("error", reject));
  socket.on("error", fail).on("close", () => fail(new Error("Firefox is gone")));
  socket.on("message", (data) => {
    const reply = JSON.parse(String(data));
    const call = waiting.get(reply.id);
    waiting.delete(reply.id);
    if (reply.type === "error") call?.reject(new Error(`${reply.error}: ${reply.message}`));
    else call?.resolve(reply.result as never);
  });
  let count = 0;
  return {
    socket,
    send: (method, params, timeoutMs = 30_000) => {
      count += 1;
      const id = count;
      const answered = new Promise<never>((resolve, reject) => waiting.set(id, { resolve, reject }));
      socket.send(JSON.stringify({ id, method, params }));
      return within(timeoutMs, answered, () => `${method} takes too long`);
    },
  };
}
