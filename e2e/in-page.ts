// What tests do inside a page. Each function is shipped to the browser by its text: it may use its argument and the page only.

declare global {
  interface Window {
    tuber: {
      stats(): Promise<Stats>;
    };
    /** Bytes of the page's last {@link download} so far. */
    downloadedBytes: number;
  }
}

/** What the page's `window.tuber.stats()` answers. */
export interface Stats {
  readonly bytes: Readonly<Record<"http" | "origin" | "booster" | "viewer" | "store" | "uploaded", number>>;
  readonly links: number;
  readonly controlled: boolean;
  readonly why: string;
  readonly faults: Readonly<Record<string, number>>;
}

export interface Downloaded {
  readonly status: number;
  readonly bytes: number;
  /** See digestOf in content.ts. */
  readonly digest: string;
  /** The longest silence between two chunks, once bytes flow. */
  readonly longestGapMs: number;
  readonly durationMs: number;
  /** Why the body broke, or "". */
  readonly error: string;
}

/** Fetches and digests the body as it comes. */
export async function download({
  url,
  headers = {},
}: {
  url: string;
  headers?: Record<string, string>;
}): Promise<Downloaded> {
  const blockBytes = 1_048_576;
  const startMs = performance.now();
  const response = await fetch(url, { headers });
  const digests: Uint8Array[] = [];
  const block = new Uint8Array(blockBytes);
  let filled = 0;
  let bytes = 0;
  let longestGapMs = 0;
  let error = "";
  async function seal(): Promise<void> {
    digests.push(new Uint8Array(await crypto.subtle.digest("SHA-256", block.subarray(0, filled))));
    filled = 0;
  }
  async function take(chunk: Uint8Array): Promise<void> {
    let rest = chunk;
    while (rest.length > 0) {
      const part = rest.subarray(0, blockBytes - filled);
      block.set(part, filled);
      filled += part.length;
      rest = rest.subarray(part.length);
      if (filled === blockBytes) await seal();
    }
    bytes += chunk.length;
    window.downloadedBytes = bytes;
  }
  const reader = response.body?.getReader();
  try {
    for (let lastMs = 0; reader; lastMs = performance.now()) {
      const { value, done } = await reader.read();
      if (done) break;
      if (lastMs > 0) longestGapMs = Math.max(longestGapMs, performance.now() - lastMs);
      await take(value);
    }
  } catch (fault) {
    error = String(fault);
  }
  if (filled > 0) await seal();
  const whole = await crypto.subtle.digest("SHA-256", await new Blob(digests as BlobPart[]).arrayBuffer());
  const digest = [...new Uint8Array(whole)].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  return { status: response.status, bytes, digest, longestGapMs, durationMs: performance.now() - startMs, error };
}

/** What the page's Tuber says. */
export async function stats(_: null): Promise<Stats> {
  return window.tuber.stats();
}

/** Waits until this page's media requests go over a link; answers the stats of that moment or, after `timeoutMs`, of the end. */
export async function linked({ timeoutMs }: { timeoutMs: number }): Promise<Stats> {
  const endMs = performance.now() + timeoutMs;
  for (;;) {
    const now = await window.tuber.stats();
    if ((now.controlled && now.links > 0) || performance.now() > endMs) return now;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

export interface Played {
  readonly durationS: number;
  /** Seeks after which the picture moved again. */
  readonly seeks: number;
  /** How long each of them took. */
  readonly seekMs: readonly number[];
  /** The media element's complaint, or "". */
  readonly error: string;
}

/** Plays the element `selector` (or a new one for `url`) and seeks to `seeks` random places; after each it must play on. */
export async function playAndSeek(task: {
  selector?: string;
  url?: string;
  kind?: "video" | "audio";
  seeks: number;
  seed: number;
}): Promise<Played> {
  const stepTimeoutMs = 15_000;
  let media = task.selector ? document.querySelector<HTMLMediaElement>(task.selector) : null;
  if (!media) {
    media = document.createElement(task.kind ?? "video");
    media.src = task.url ?? "";
    document.body.append(media);
  }
  const element = media;
  element.muted = true;
  let state = task.seed;
  function random(): number {
    // A linear congruential generator is random enough for places to seek to.
    state = (state * 1_664_525 + 1_013_904_223) % 4_294_967_296;
    return state / 4_294_967_296;
  }
  /** Resolves once the position has moved on from `fromS`. */
  function moves(fromS: number): Promise<void> {
    return new Promise((resolve, reject) => {
      const timer = setTimeout(
        () => finish(new Error(`stuck at ${element.currentTime} s, readyState ${element.readyState}`)),
        stepTimeoutMs,
      );
      const onTime = (): void => {
        if (!element.seeking && Math.abs(element.currentTime - fromS) > 0.05) finish();
      };
      const onError = (): void => finish(new Error(`media error ${element.error?.code}: ${element.error?.message}`));
      function finish(fault?: Error): void {
        clearTimeout(timer);
        clearInterval(look);
        element.removeEventListener("error", onError);
        if (fault) reject(fault);
        else resolve();
      }
      // "timeupdate" comes four times a second only.
      const look = setInterval(onTime, 10);
      element.addEventListener("error", onError);
      if (element.error) onError();
    });
  }
  let seeks = 0;
  const seekMs: number[] = [];
  try {
    // An element of the page's own may be about to start by itself, and a play() would be louder than its autoplay.
    const startS = element.currentTime;
    for (let beats = 0; task.selector && beats < 30 && element.currentTime === startS; beats += 1) {
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    if (element.paused) void element.play().catch(() => undefined);
    await moves(element.currentTime);
    for (; seeks < task.seeks; seeks += 1) {
      const targetS = random() * (element.duration - 3);
      const startMs = performance.now();
      element.currentTime = targetS;
      await moves(targetS);
      seekMs.push(performance.now() - startMs);
    }
  } catch (fault) {
    return { durationS: element.duration, seeks, seekMs, error: String(fault) };
  }
  return { durationS: element.duration, seeks, seekMs, error: "" };
}

/** No player of the page loads anything any more. */
export function removePlayers(_: null): void {
  for (const media of document.querySelectorAll<HTMLMediaElement>("video, audio")) {
    media.removeAttribute("src");
    media.load();
    media.remove();
  }
}

/** Runs a library's text in the page. */
export function runText(text: string): void {
  // biome-ignore lint/security/noGlobalEval: the library's own text, as a script tag would run it.
  // biome-ignore lint/complexity/noCommaOperator: an indirect eval runs in the page's scope.
  (0, eval)(text);
}

/** Plays an HLS stream with hls.js (loaded before) until all of it is buffered; answers the end of the buffer in seconds. */
export async function playHls({
  url,
  untilS,
}: {
  url: string;
  untilS: number;
}): Promise<{ bufferedS: number; error: string }> {
  interface Player {
    on(event: string, run: (event: string, data: { fatal: boolean; details: string }) => void): void;
    loadSource(url: string): void;
    attachMedia(video: HTMLVideoElement): void;
    destroy(): void;
  }
  const Library = (window as unknown as { Hls: new (options: object) => Player }).Hls;
  const player = new Library({ maxBufferLength: 600, maxMaxBufferLength: 600, backBufferLength: 600 });
  const video = document.createElement("video");
  video.muted = true;
  document.body.append(video);
  const failed = new Promise<string>((resolve) => {
    player.on("hlsError", (_, data) => {
      if (data.fatal) resolve(data.details);
    });
    setTimeout(() => resolve("late"), 30_000);
  });
  const whole = new Promise<string>((resolve) => {
    video.addEventListener("progress", () => {
      const { buffered } = video;
      if (buffered.length > 0 && buffered.end(buffered.length - 1) >= untilS && video.currentTime > 0) resolve("");
    });
  });
  player.loadSource(url);
  player.attachMedia(video);
  void video.play().catch(() => undefined);
  const error = await Promise.race([failed, whole]);
  const bufferedS = video.buffered.length > 0 ? video.buffered.end(video.buffered.length - 1) : 0;
  player.destroy();
  video.remove();
  return { bufferedS, error };
}

/** As {@link playHls}, a DASH stream with Shaka Player (loaded before). */
export async function playDash({
  url,
  untilS,
}: {
  url: string;
  untilS: number;
}): Promise<{ bufferedS: number; error: string }> {
  interface Player {
    attach(video: HTMLVideoElement): Promise<void>;
    configure(options: object): void;
    load(url: string): Promise<void>;
    destroy(): Promise<void>;
  }
  const { Player: Library, polyfill } = (
    window as unknown as { shaka: { Player: new () => Player; polyfill: { installAll(): void } } }
  ).shaka;
  polyfill.installAll();
  const video = document.createElement("video");
  video.muted = true;
  document.body.append(video);
  const player = new Library();
  let error = "";
  try {
    await player.attach(video);
    player.configure({ streaming: { bufferingGoal: 600 } });
    const whole = new Promise<void>((resolve, reject) => {
      setTimeout(() => reject(new Error("late")), 30_000);
      video.addEventListener("progress", () => {
        const { buffered } = video;
        if (buffered.length > 0 && buffered.end(buffered.length - 1) >= untilS && video.currentTime > 0) resolve();
      });
    });
    await player.load(url);
    void video.play().catch(() => undefined);
    await whole;
  } catch (fault) {
    error = String(fault);
  }
  const bufferedS = video.buffered.length > 0 ? video.buffered.end(video.buffered.length - 1) : 0;
  await player.destroy();
  video.remove();
  return { bufferedS, error };
}
