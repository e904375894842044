import type { Clock } from "../../../peer/clock.ts";
import { URL_KEY_BYTES } from "../../../protocol/manifest.ts";
import type { Answer } from "./answer.ts";
import { keyText } from "./catalogue.ts";

/** A manifest is on its way no longer than this behind the playlist that lists its segment; HTTP would have begun by then. */
const WAIT_MS = 300;

/** One swarm as far as finding goes. */
export interface Searched {
  /** What this URL key is, if that can be had of it now. */
  find(key: string): Answer | undefined;
  /** This path (without query) was asked of it, or a note said that it is its. */
  asked(path: string): void;
  /** Whether what {@link find} looks for may be known in a moment; asks for it where it does not come by itself. */
  awaits(key: string, path: string): boolean;
}

export interface FinderPorts<S extends Searched> {
  readonly clock: Clock;
  /** SHA-256. */
  digest(bytes: Uint8Array): Promise<Uint8Array>;
  swarms(): Iterable<S>;
}

/** What a URL is in one of the swarms. */
export interface Found<S> {
  readonly swarm: S;
  readonly answer: Answer;
}

/** Finds which swarm a URL's content is in, waiting a moment for a manifest that may be on its way. */
export class Finder<S extends Searched> {
  readonly #ports: FinderPorts<S>;
  readonly #waiting = new Set<() => void>();

  constructor(ports: FinderPorts<S>) {
    this.#ports = ports;
  }

  /** Undefined: no swarm knows this URL. */
  async find(url: string): Promise<Found<S> | undefined> {
    if ([...this.#ports.swarms()].length === 0) return undefined;
    const { pathname, search } = new URL(url);
    const digest = await this.#ports.digest(new TextEncoder().encode(pathname + search));
    const key = keyText(digest.subarray(0, URL_KEY_BYTES));
    const found = this.#look(key) ?? (this.#isAwaited(key, pathname) ? await this.#wait(key) : undefined);
    found?.swarm.asked(pathname);
    return found;
  }

  /** A manifest came: look again for those who wait. */
  announced(): void {
    for (const look of [...this.#waiting]) look();
  }

  #look(key: string): Found<S> | undefined {
    for (const swarm of this.#ports.swarms()) {
      const answer = swarm.find(key);
      if (answer !== undefined) return { swarm, answer };
    }
    return undefined;
  }

  #isAwaited(key: string, path: string): boolean {
    return [...this.#ports.swarms()].some((swarm) => swarm.awaits(key, path));
  }

  #wait(key: string): Promise<Found<S> | undefined> {
    return new Promise((resolve) => {
      const settle = (found: Found<S> | undefined): void => {
        cancelTimer();
        this.#waiting.delete(look);
        resolve(found);
      };
      const look = (): void => {
        const found = this.#look(key);
        if (found) settle(found);
      };
      const cancelTimer = this.#ports.clock.after(WAIT_MS, () => settle(undefined));
      this.#waiting.add(look);
    });
  }
}
