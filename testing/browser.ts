import { chmodSync, existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type Browser, chromium, type LaunchOptions } from "playwright";
import type { Namespace } from "./netns.ts";
import { tempDir } from "./temp-dir.ts";
import type { Undo } from "./undo.ts";

export interface BrowserOptions {
  /** Run in this namespace (its pages see only that network). */
  readonly namespace?: Namespace;
  /** Plain-http origins to treat as secure, so that service workers exist on them. Loopback needs no entry. */
  readonly secureOrigins?: readonly string[];
  readonly args?: readonly string[];
  /** Playwright's own switches to leave out, e.g. "--disable-back-forward-cache". */
  readonly ignoreDefaultArgs?: string[];
}

/** Debian's; TUBER_CHROMIUM names another. */
export const CHROMIUM = process.env.TUBER_CHROMIUM ?? "/usr/bin/chromium";

/** No update checks, no QUIC, nothing on the wire but the test's own. */
export const QUIET = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
  "--autoplay-policy=no-user-gesture-required",
];

/** Why there is no Chromium to test with, or undefined if there is; fits node:test's `skip`. */
export function chromiumMissing(): string | undefined {
  return existsSync(CHROMIUM) ? undefined : `${CHROMIUM} is missing (Debian: apt-get install chromium)`;
}

/** Plain-http origins are treated as secure ones. */
export function secureFlags(origins: readonly string[]): string[] {
  return origins.length > 0 ? [`--unsafely-treat-insecure-origin-as-secure=${origins.join(",")}`] : [];
}

/** A headless Chromium with a fresh profile; `newContext()` of it is a visitor who was never here before. Closed after the test. */
export async function launchChromium(undo: Undo, options: BrowserOptions = {}): Promise<Browser> {
  const launch: LaunchOptions = {
    executablePath: options.namespace ? insideNamespace(undo, options.namespace) : CHROMIUM,
    headless: true,
    args: [...QUIET, ...secureFlags(options.secureOrigins ?? []), ...(options.args ?? [])],
    ...(options.ignoreDefaultArgs ? { ignoreDefaultArgs: options.ignoreDefaultArgs } : {}),
  };
  const browser = await chromium.launch(launch);
  undo(() => browser.close());
  return browser;
}

/** A script that starts Chromium in the namespace: Playwright wants one executable file. */
function insideNamespace(undo: Undo, namespace: Namespace): string {
  const script = join(tempDir(undo), "chromium");
  writeFileSync(script, `#!/bin/sh\nexec ip netns exec ${namespace.name} ${CHROMIUM} "$@"\n`);
  chmodSync(script, 0o755);
  return script;
}
