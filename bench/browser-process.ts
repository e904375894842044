import type { Browser } from "playwright";

/** Process ids of a running browser: its first one, and those that run pages and workers. */
export interface BrowserProcesses {
  readonly browser: number;
  readonly renderers: readonly number[];
}

export async function browserProcesses(browser: Browser): Promise<BrowserProcesses> {
  const session = await browser.newBrowserCDPSession();
  const { processInfo } = await session.send("SystemInfo.getProcessInfo");
  await session.detach();
  const idsOf = (type: string): number[] => processInfo.filter((info) => info.type === type).map((info) => info.id);
  return { browser: idsOf("browser")[0] ?? 0, renderers: idsOf("renderer") };
}
