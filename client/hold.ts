import { holdTime } from "./hold-time.ts";
import { isOfThisSite } from "./this-site.ts";

const MEDIA = "video, audio";

/**
 * On a first visit, keeps media elements from asking before the service worker has control (they would stay on HTTP for the
 * page's life). Preload and autoplay are put back as they were when the answer is called or the time is up; `onTimeout` then.
 * `isComing`: the service worker is on its way.
 */
export function holdMedia(isComing: () => boolean, onTimeout: () => void): () => void {
  const held = new Map<HTMLMediaElement, { preload: string | null; autoplay: boolean }>();
  const observer = new MutationObserver((records) => {
    for (const record of records) for (const node of record.addedNodes) holdIn(node, held);
  });
  observer.observe(document, { childList: true, subtree: true });
  const release = (): void => {
    stop();
    observer.disconnect();
    for (const [element, was] of held) restore(element, was);
    held.clear();
  };
  const stop = holdTime(isComing, () => {
    release();
    onTimeout();
  });
  return release;
}

function holdIn(node: Node, held: Map<HTMLMediaElement, { preload: string | null; autoplay: boolean }>): void {
  if (!(node instanceof Element)) return;
  const element = node.closest<HTMLMediaElement>(MEDIA);
  for (const media of element ? [element] : node.querySelectorAll<HTMLMediaElement>(MEDIA)) {
    if (held.has(media) || !isHoldable(media)) continue;
    held.set(media, { preload: media.getAttribute("preload"), autoplay: media.autoplay });
    media.preload = "none";
    media.autoplay = false;
  }
}

/** Only what would ask this site for a file: a stream object or blob waits for nobody. */
function isHoldable(media: HTMLMediaElement): boolean {
  return media.srcObject === null && !media.src.startsWith("blob:") && media.readyState === 0;
}

function restore(media: HTMLMediaElement, was: { preload: string | null; autoplay: boolean }): void {
  if (was.preload === null) media.removeAttribute("preload");
  else media.setAttribute("preload", was.preload);
  if (!was.autoplay) return;
  media.autoplay = true;
  // Setting the attribute does not start an element whose load was already told to wait.
  if (media.paused) void media.play().catch(() => undefined);
}

/** Media of this site that the network has already answered: the service worker must leave these URLs alone. */
export function loadedMediaUrls(): string[] {
  const timed = performance.getEntriesByType("resource") as PerformanceResourceTiming[];
  const fetched = timed.filter((entry) => entry.initiatorType === "video" || entry.initiatorType === "audio");
  const elements = [...document.querySelectorAll<HTMLMediaElement>(MEDIA)];
  // A poster is asked for by its video too, but is a picture: it says nothing of the film.
  const posters = new Set(elements.map((media) => media instanceof HTMLVideoElement && media.poster));
  const playing = elements
    .filter((media) => media.networkState === HTMLMediaElement.NETWORK_LOADING || media.readyState > 0)
    .map((media) => media.currentSrc);
  return [...new Set([...fetched.map((entry) => entry.name), ...playing])].filter(
    (url) => isOfThisSite(url) && !posters.has(url),
  );
}
