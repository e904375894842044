import { FIRST_RANGE_BYTES } from "../protocol/limits.ts";
import type { LinkState } from "../protocol/page-port.ts";

/** Bytes a page gets over HTTP at once while its link is still being made: enough for the first frame. */
const FREE_BYTES = FIRST_RANGE_BYTES;
/** How long after a page's start its link is waited for; a link on a real path takes two to ten round trips. */
const WAIT_MS = 600;

/**
 * A page that starts has no link for its first tenths of a second. Its first bytes come over HTTP without delay; what goes
 * beyond waits for the link a little, because a fast line would otherwise carry everything the player can hold.
 */
export class Patience {
  #freeBytes = 0;
  #waiting: (() => void)[] = [];
  #expecting = false;
  #timer: number | undefined;

  /** A page has started and may bring a link soon. */
  begin(): void {
    if (this.#expecting) return;
    this.#expecting = true;
    this.#freeBytes = FREE_BYTES;
    this.#timer = setTimeout(() => this.#end(), WAIT_MS);
  }

  /** The link is open, or will not be. */
  heard(state: LinkState): void {
    if (state !== "connecting") this.#end();
  }

  /** Bytes that went over HTTP. */
  spend(bytes: number): void {
    this.#freeBytes -= bytes;
  }

  /** Resolves at once unless the free bytes are spent and the link may open any moment. */
  wait(): Promise<void> {
    if (!this.#expecting || this.#freeBytes > 0) return Promise.resolve();
    return new Promise((resolve) => this.#waiting.push(resolve));
  }

  #end(): void {
    clearTimeout(this.#timer);
    this.#expecting = false;
    for (const resolve of this.#waiting.splice(0)) resolve();
  }
}
