import type { Pages } from "./pages.ts";
import type { Scope } from "./scope.ts";

/** Silence for this long counts as consent when there is just one page. */
const ANSWER_MS = 300;

/**
 * Takes control of pages that loaded before us, but only when none objects: a media element that has begun with the
 * network's bytes dies in Chromium when ours follow. Pages without our script cannot answer; with several pages open their
 * silence counts as an objection, and we wait for the next navigation.
 */
export async function claimByConsensus(scope: Scope, pages: Pages): Promise<void> {
  const windows = await scope.clients.matchAll({ type: "window", includeUncontrolled: true });
  const waiting = new Set(windows.map((client) => client.id));
  const agreed = await new Promise<boolean>((resolve) => {
    const answered = (clientId: string, busy: boolean): void => {
      if (busy) resolve(false);
      waiting.delete(clientId);
      if (waiting.size === 0) resolve(true);
    };
    setTimeout(() => resolve(waiting.size === 0 || windows.length === 1), ANSWER_MS);
    pages.onClaimAnswer = answered;
    void pages.tellAll({ type: "may-claim" });
    if (waiting.size === 0) resolve(true);
  });
  pages.onClaimAnswer = undefined;
  if (agreed) await scope.clients.claim();
}
