import type { Stats } from "../e2e/in-page.ts";
import type { QuietPage } from "../testing/quiet-browser.ts";

/** The page hears of its bytes five times a second. */
const HEARD_MS = 500;

/** Runs what takes `totalBytes`; rejects unless they came over the link, for then the figures would tell of plain HTTP. */
export async function byLink<T>(page: QuietPage, totalBytes: number, take: () => Promise<T>): Promise<T> {
  const before = await linkBytes(page);
  const taken = await take();
  await new Promise((resolve) => setTimeout(resolve, HEARD_MS));
  const share = ((await linkBytes(page)) - before) / totalBytes;
  if (share < 0.97) throw new Error(`only ${share} of the bytes came over the link`);
  return taken;
}

async function linkBytes(page: QuietPage): Promise<number> {
  return (await page.evaluate<Stats>("window.tuber.stats()")).bytes.origin;
}
