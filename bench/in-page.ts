// What benches do inside a page. Each function is shipped to the browser by its text: it may use its argument and the page only.

declare global {
  interface Window {
    /** Milliseconds from the navigation's start to the first frame of the page's video; see {@link watchFirstFrame}. */
    firstFrameMs: Promise<number>;
  }
}

export interface Swallowed {
  readonly bytes: number;
  readonly durationMs: number;
}

/** Fetches and drops the body as it comes. */
export async function swallow(url: string): Promise<Swallowed> {
  const startMs = performance.now();
  const reader = (await fetch(url, { cache: "no-store" })).body?.getReader();
  let bytes = 0;
  for (;;) {
    const chunk = await reader?.read();
    if (chunk === undefined || chunk.done) return { bytes, durationMs: performance.now() - startMs };
    bytes += chunk.value.byteLength;
  }
}

/** Runs before the page's own scripts: looks out for its video. */
export function watchFirstFrame(): void {
  window.firstFrameMs = new Promise((resolve) => {
    const observer = new MutationObserver(() => {
      const video = document.querySelector("video");
      if (video === null) return;
      observer.disconnect();
      video.requestVideoFrameCallback((nowMs) => resolve(nowMs));
    });
    observer.observe(document, { childList: true, subtree: true });
  });
}
