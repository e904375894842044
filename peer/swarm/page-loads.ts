import { TokenBucket } from "../token-bucket.ts";
import type { PageShelf } from "./page-shelf.ts";
import type { ServedLink } from "./served-link.ts";

/** Loads at once: for one peer, and in all. */
const MAX_LOADS_EACH = 4;
const MAX_LOADS = 16;
/** Loads one peer may cause at once, and for each second after that: 4 MiB pages at 270 Mbit/s. */
const LOAD_BURST = 48;
const LOADS_PER_S = 8;

/** Who waits for which pieces of a page, in the order they asked. */
export type Waiting = ReadonlyMap<ServedLink, ReadonlySet<number>>;

/** What one peer caused. */
interface Share {
  readonly bucket: TokenBucket;
  loads: number;
}

export interface PageLoadsOptions {
  readonly shelf: PageShelf;
  /** The page is on the shelf, or could not be had. */
  readonly onDone: (page: number, loaded: boolean, waiting: Waiting) => void;
}

/** The pages being loaded, and who waits for which of their pieces. No peer can cause more than some of this work. */
export class PageLoads {
  readonly #options: PageLoadsOptions;
  readonly #loads = new Map<number, Map<ServedLink, Set<number>>>();
  readonly #shares = new WeakMap<ServedLink, Share>();

  constructor(options: PageLoadsOptions) {
    this.#options = options;
  }

  /** Whether this piece will be answered when its page is there; false: too much is being loaded now. */
  wait(page: number, piece: number, served: ServedLink, nowMs: number): boolean {
    const waiting = this.#loads.get(page) ?? this.#begin(page, served, nowMs);
    if (waiting === undefined) return false;
    const pieces = waiting.get(served);
    if (pieces === undefined) waiting.set(served, new Set([piece]));
    else pieces.add(piece);
    return true;
  }

  /** It is asked for no longer; the load goes on. */
  forget(page: number, piece: number, served: ServedLink): void {
    this.#loads.get(page)?.get(served)?.delete(piece);
  }

  /** Undefined if whoever asks, or all together, have caused enough. */
  #begin(page: number, served: ServedLink, nowMs: number): Map<ServedLink, Set<number>> | undefined {
    const share = this.#shares.get(served) ?? { bucket: new TokenBucket(LOADS_PER_S, LOAD_BURST, nowMs), loads: 0 };
    this.#shares.set(served, share);
    if (this.#loads.size >= MAX_LOADS || share.loads >= MAX_LOADS_EACH || !share.bucket.take(nowMs)) return undefined;
    const waiting = new Map<ServedLink, Set<number>>();
    share.loads += 1;
    this.#loads.set(page, waiting);
    void this.#options.shelf.load(page).then((loaded) => {
      this.#loads.delete(page);
      share.loads -= 1;
      this.#options.onDone(page, loaded !== undefined, waiting);
    });
    return waiting;
  }
}
