import { DOWNLOAD_EXTENSIONS, extensionOf } from "../protocol/media.ts";
import { DOWNLOAD_PARAM } from "../protocol/paths.ts";

/**
 * Chromium keeps `<a download>` from the service worker, and with its routes no navigation reaches it either. So a plain
 * click on a download of this site is taken over: the same URL, marked, in a hidden frame. `isReady` says whether that gains
 * anything now.
 */
export function takeOverDownloads(isReady: () => boolean): void {
  addEventListener("click", (event) => {
    if (event.defaultPrevented || !isPlainClick(event) || !isReady()) return;
    const link = linkOf(event);
    if (!link || !isDownload(link)) return;
    event.preventDefault();
    save(link);
  });
}

function isPlainClick(event: MouseEvent): boolean {
  return event.isTrusted && event.button === 0 && !event.ctrlKey && !event.metaKey && !event.shiftKey && !event.altKey;
}

function linkOf(event: Event): HTMLAnchorElement | undefined {
  return event.composedPath().find((target): target is HTMLAnchorElement => target instanceof HTMLAnchorElement);
}

function isDownload(link: HTMLAnchorElement): boolean {
  if (link.origin !== location.origin) return false;
  return link.hasAttribute("download") || DOWNLOAD_EXTENSIONS.includes(extensionOf(link.pathname));
}

function save(link: HTMLAnchorElement): void {
  const url = new URL(link.href);
  url.searchParams.set(DOWNLOAD_PARAM, link.download);
  const frame = document.createElement("iframe");
  frame.hidden = true;
  frame.src = url.href;
  // A download loads no document. If one loads, something (a policy on frames) refused ours: let the browser do it.
  frame.onload = () => {
    frame.remove();
    const plain = document.createElement("a");
    plain.href = link.href;
    plain.download = link.download;
    plain.click();
  };
  document.documentElement.append(frame);
  setTimeout(() => {
    frame.onload = null;
  }, 30_000);
}
