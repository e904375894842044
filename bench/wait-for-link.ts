import { linked, type Stats } from "../e2e/in-page.ts";
import { callOf, type QuietPage } from "../testing/quiet-browser.ts";

/** Waits until the page's media comes over a link; rejects with the page's reason. */
export async function waitForLink(page: QuietPage): Promise<void> {
  const { controlled, links, why } = await page.evaluate<Stats>(callOf(linked, { timeoutMs: 15_000 }));
  if (!controlled || links === 0) throw new Error(`no link: ${why}`);
}
