// The service worker that Tuber registers where the app has none of its own.
import { DOWNLOAD_EXTENSIONS, MEDIA_EXTENSIONS } from "../protocol/media.ts";
import { DOWNLOAD_PARAM } from "../protocol/paths.ts";
import { claimByConsensus } from "./claim.ts";
import { scope } from "./scope.ts";
import { start } from "./start.ts";

/** InstallEvent.addRoutes (Chromium 123+): where it exists the browser does not even wake us for pages and APIs. */
interface RouterInstallEvent extends ExtendableEvent {
  addRoutes?(
    rules: readonly { readonly condition: object; readonly source: "network" | "fetch-event" }[],
  ): Promise<void>;
}

const { pages } = start({ standalone: true });

scope.addEventListener("install", (event: RouterInstallEvent) => {
  void scope.skipWaiting();
  if (event.addRoutes) event.waitUntil(event.addRoutes(routes()).catch(() => undefined));
});

scope.addEventListener("activate", (event) => {
  event.waitUntil(claimByConsensus(scope, pages));
});

function routes(): { condition: object; source: "network" | "fetch-event" }[] {
  const ours = [
    { requestDestination: "video" },
    { requestDestination: "audio" },
    { urlPattern: { search: `*${DOWNLOAD_PARAM}*` } },
    // One by one: browsers refuse all routes for the sake of one with a regular expression, as alternatives are.
    ...[...MEDIA_EXTENSIONS, ...DOWNLOAD_EXTENSIONS]
      .flatMap((ending) => [ending, ending.toUpperCase()])
      .map((ending) => ({ urlPattern: { pathname: `/*.${ending}` } })),
  ];
  return [
    ...ours.map((condition) => ({ condition, source: "fetch-event" as const })),
    { condition: { urlPattern: { pathname: "/*" } }, source: "network" as const },
  ];
}
