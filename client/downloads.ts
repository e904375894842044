import { DOWNLOAD_EXTENSIONS, extensionOf } from "../protocol/media.ts";
import { DOWNLOAD_PARAM } from "../protocol/paths.ts";
import { isOfThisSite } from "./this-site.ts";

const LINK = HTMLAnchorElement.prototype;
/** The browser's own. */
const { click } = LINK;

/**
 * Chromium keeps `<a download>` from the service worker, and with its routes no navigation reaches it either. So a plain
 * click on a download of this site, also a script's, is taken over: the same URL, marked, in a hidden frame. `isReady` says whether that
 * gains anything now.
 */
export function takeOverDownloads(isReady: () => boolean): void {
  const take = (event: MouseEvent): void => {
    if (event.defaultPrevented || !isPlainClick(event) || !isReady()) return;
    const link = linkOf(event);
    if (!link || !isDownload(link, event.isTrusted)) return;
    event.preventDefault();
    save(link);
  };
  addEventListener("click", take);
  // Scripts like to click links that they put into no page: such a click comes by nowhere but at the link.
  LINK.click = function () {
    if (!this.isConnected) this.addEventListener("click", take, { once: true });
    click.call(this);
  };
}

/** One that cannot be cancelled is followed by the browser, whatever we do. */
function isPlainClick(event: MouseEvent): boolean {
  const isKeyed = event.ctrlKey || event.metaKey || event.shiftKey || event.altKey;
  return event.cancelable && event.button === 0 && !isKeyed;
}

function linkOf(event: Event): HTMLAnchorElement | undefined {
  return event.composedPath().find((target): target is HTMLAnchorElement => target instanceof HTMLAnchorElement);
}

/** A script that clicks several links to files gets the last one's only, unless they say `download`: that is the browser's to decide. */
function isDownload(link: HTMLAnchorElement, isTrusted: boolean): boolean {
  if (!isOfThisSite(link.href)) return false;
  return link.hasAttribute("download") || (isTrusted && DOWNLOAD_EXTENSIONS.includes(extensionOf(link.pathname)));
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
    click.call(plain);
  };
  document.documentElement.append(frame);
  setTimeout(() => {
    frame.onload = null;
  }, 30_000);
}
