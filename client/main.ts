// The script of the injected tag: runs first in every page of the site.
import { takeOverDownloads } from "./downloads.ts";
import { showOverlay } from "./overlay.ts";
import { Page } from "./page.ts";
import { NO_LINKS, type Stats, Status } from "./status.ts";

declare global {
  interface Window {
    tuber?: { stats(): Promise<Stats> };
  }
}

function start(): void {
  if (window.tuber) return;
  const status = new Status();
  Object.defineProperty(window, "tuber", { value: Object.freeze({ stats: async () => status.stats() }) });
  if (new URLSearchParams(location.search).has("tuber")) showOverlay(() => status.stats());
  const missing = missingPart();
  if (missing !== undefined) {
    status.setLinks({ ...NO_LINKS, why: missing });
    return;
  }
  const page = new Page(status, !savesData());
  void page.run();
  takeOverDownloads(() => status.linkOpen() && navigator.serviceWorker.controller !== null);
  addEventListener("pagehide", () => page.suspend());
  addEventListener("pageshow", (event) => {
    if (event.persisted) page.resume();
  });
}

/** What this page or browser lacks, in words; undefined if nothing. */
function missingPart(): string | undefined {
  if (!isSecureContext) return "the page is not on https (or localhost): browsers then have no service workers";
  try {
    if (!("serviceWorker" in navigator) || !navigator.serviceWorker) return "the browser has no service workers";
  } catch {
    return "the page runs in a sandbox without service workers";
  }
  if (typeof RTCPeerConnection === "undefined") return "the browser has no WebRTC, or it is switched off";
  if (!("locks" in navigator)) return "the browser has no Web Locks";
  return undefined;
}

function savesData(): boolean {
  const connection = (navigator as { connection?: { saveData?: boolean } }).connection;
  return connection?.saveData === true;
}

start();
