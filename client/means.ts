import { SHARING_KEY } from "../protocol/paths.ts";
import { mayUpload } from "./may-upload.ts";

/** Time and battery pass without events that every browser sends. */
const LOOK_MS = 5_000;

interface Connection extends EventTarget {
  readonly saveData?: boolean;
  readonly type?: string;
}

interface Battery extends EventTarget {
  readonly level: number;
  readonly charging: boolean;
}

/** Watches what this browser may give; held by the leader page for all tabs. */
export class Means {
  readonly #onChange: (upload: boolean) => void;
  readonly #connection = (navigator as { connection?: Connection }).connection;
  readonly #abort = new AbortController();
  readonly #timer: number;
  #battery: Battery | undefined;
  #seenMs = performance.now();
  #upload: boolean;

  /** `onChange` is called whenever {@link upload} has another value. */
  constructor(onChange: (upload: boolean) => void) {
    this.#onChange = onChange;
    this.#upload = this.#mayUpload();
    this.#timer = setInterval(() => this.#look(), LOOK_MS);
    const look = (): void => this.#look();
    const { signal } = this.#abort;
    // The switch is on another page of the site.
    addEventListener("storage", look, { signal });
    document.addEventListener("visibilitychange", look, { signal });
    this.#connection?.addEventListener("change", look, { signal });
    void this.#watchBattery().catch(() => undefined);
  }

  /** This browser may send to other viewers. */
  get upload(): boolean {
    return this.#upload;
  }

  /** Another tab of the site is in view. */
  seen(): void {
    this.#seenMs = performance.now();
    this.#look();
  }

  stop(): void {
    clearInterval(this.#timer);
    this.#abort.abort();
  }

  async #watchBattery(): Promise<void> {
    this.#battery = await (navigator as { getBattery?(): Promise<Battery> }).getBattery?.();
    this.#look();
  }

  #look(): void {
    const upload = this.#mayUpload();
    if (upload === this.#upload) return;
    this.#upload = upload;
    this.#onChange(upload);
  }

  #mayUpload(): boolean {
    if (!document.hidden) this.#seenMs = performance.now();
    return mayUpload({
      switchedOff: isSwitchedOff(),
      savesData: this.#connection?.saveData === true,
      connection: this.#connection?.type,
      battery: this.#battery,
      hiddenMs: performance.now() - this.#seenMs,
    });
  }
}

/** The visitor wants to pass nothing on. */
export function isSwitchedOff(): boolean {
  try {
    return localStorage.getItem(SHARING_KEY) === "off";
  } catch {
    return false;
  }
}
