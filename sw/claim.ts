import { type PageToWorker, untag } from "../protocol/page-port.ts";
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
    const onMessage = (event: ExtendableMessageEvent): void => {
      const message = untag<PageToWorker>(event.data);
      if (message?.type !== "claim-answer" || !(event.source instanceof Client)) return;
      if (message.busy) resolve(false);
      waiting.delete(event.source.id);
      if (waiting.size === 0) resolve(true);
    };
    scope.addEventListener("message", onMessage);
    setTimeout(() => {
      scope.removeEventListener("message", onMessage);
      resolve(waiting.size === 0 || windows.length === 1);
    }, ANSWER_MS);
    void pages.tellAll({ type: "may-claim" });
    if (waiting.size === 0) resolve(true);
  });
  if (agreed) await scope.clients.claim();
}
