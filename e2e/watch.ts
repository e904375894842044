// What the lab's pages note while they play. Each function is shipped to the browser by its text: it may use its argument and the page only.

declare global {
  interface Window {
    /** The notes of this page, see {@link watch}. */
    watched: Watched;
    seenSegment(url: string, bytes: BufferSource): void;
    seenPlaylist(text: string): void;
  }
}

/** A segment as the page's player got it. */
export interface SeenSegment {
  readonly path: string;
  readonly bytes: number;
  /** SHA-256, in hexadecimal. */
  readonly digest: string;
}

/** What a page has seen since its navigation's start. */
export interface Seen {
  /** From the navigation's start to the first picture; undefined before that. */
  readonly firstFrameMs: number | undefined;
  readonly ageMs: number;
  /** Time that the player waited for media after its first picture, and how often. */
  readonly stallMs: number;
  readonly stalls: number;
  /** How old the picture was, read from it once a second. */
  readonly latenciesMs: readonly number[];
  readonly segments: readonly SeenSegment[];
  /** Last line of each playlist the player got. */
  readonly playlists: readonly string[];
  /** Why the player gave up, or "". */
  readonly fault: string;
}

/** Notes of the page so far. */
interface Watched {
  firstFrameMs: number | undefined;
  stallMs: number;
  stalls: number;
  stalledSinceMs: number | undefined;
  latenciesMs: number[];
  segments: Promise<SeenSegment>[];
  playlists: string[];
  fault: string;
}

/** Begins to watch the page's one video, before its player starts. The picture's age is that of a channel which repeats `loopMs`. */
export function watch({ loopMs }: { loopMs: number }): void {
  const video = document.querySelector("video") as HTMLVideoElement;
  const watched: Watched = {
    firstFrameMs: undefined,
    stallMs: 0,
    stalls: 0,
    stalledSinceMs: undefined,
    latenciesMs: [],
    segments: [],
    playlists: [],
    fault: "",
  };
  window.watched = watched;
  video.requestVideoFrameCallback((nowMs) => {
    watched.firstFrameMs = nowMs;
    setInterval(noteLatency, 1_000);
  });
  video.addEventListener("waiting", () => {
    if (watched.firstFrameMs === undefined || watched.stalledSinceMs !== undefined) return;
    watched.stalledSinceMs = performance.now();
    watched.stalls += 1;
  });
  for (const event of ["playing", "ended"]) {
    video.addEventListener(event, () => {
      if (watched.stalledSinceMs !== undefined) watched.stallMs += performance.now() - watched.stalledSinceMs;
      watched.stalledSinceMs = undefined;
    });
  }

  const canvas = new OffscreenCanvas(320, 24);
  const context = canvas.getContext("2d", { willReadFrequently: true });
  /** Pictures are numbered by squares along their top, ten a second: see media/make.sh. */
  function noteLatency(): void {
    context?.drawImage(video, 0, 0, 320, 24, 0, 0, 320, 24);
    const isWhite = (square: number): boolean => (context?.getImageData(square * 26 + 18, 12, 1, 1).data[0] ?? 0) > 128;
    if (!isWhite(11)) return;
    let picture = 0;
    for (let bit = 0; bit < 11; bit += 1) if (isWhite(bit)) picture += 2 ** bit;
    watched.latenciesMs.push((Date.now() - picture * 100) % loopMs);
  }

  async function digested(url: string, source: BufferSource): Promise<SeenSegment> {
    // Players give their bytes away as soon as they have shown them here.
    const bytes = source.byteLength;
    const digest = [...new Uint8Array(await crypto.subtle.digest("SHA-256", source))];
    const path = new URL(url, location.href).pathname;
    return { path, bytes, digest: digest.map((byte) => byte.toString(16).padStart(2, "0")).join("") };
  }
  window.seenSegment = (url, bytes) => {
    watched.segments.push(digested(url, bytes));
  };
  window.seenPlaylist = (text) => {
    watched.playlists.push(text.trimEnd().split("\n").at(-1) ?? "");
  };
}

/** What {@link watch} has noted so far. */
export async function readWatched(_: null): Promise<Seen> {
  const { stalledSinceMs, segments, ...watched } = window.watched;
  const ageMs = performance.now();
  const ongoingMs = stalledSinceMs === undefined ? 0 : ageMs - stalledSinceMs;
  return { ...watched, ageMs, stallMs: watched.stallMs + ongoingMs, segments: await Promise.all(segments) };
}
