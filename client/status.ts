import type { BytePath } from "../protocol/page-port.ts";

/** Where a page's media bytes came from since it was opened, and whether there is a link and why not. */
export interface Stats {
  readonly bytes: {
    readonly http: number;
    readonly origin: number;
    readonly booster: number;
    readonly viewer: number;
    readonly store: number;
    readonly uploaded: number;
  };
  /** Open links of this browser (one leader page holds them for all its tabs). */
  readonly links: number;
  /** A service worker with our code answers for this page. */
  readonly controlled: boolean;
  /** Why nothing comes over a link, or with one, why nothing comes from other viewers, in words; empty if something may. */
  readonly why: string;
  /** What peers did wrong on this browser's links, by kind: how often it was dropped. */
  readonly faults: Readonly<Record<string, number>>;
}

/** How this browser's links are, as its leader page says. */
export interface LinksState {
  /** Open ones: the origin's and other viewers'. */
  readonly links: number;
  /** Payload that went to other viewers. */
  readonly uploadedBytes: number;
  /** Why there is none, or why none to other viewers, in words; empty if nothing is in the way. */
  readonly why: string;
  /** What peers did wrong, by kind. */
  readonly faults: Readonly<Record<string, number>>;
}

export const NO_LINKS: LinksState = { links: 0, uploadedBytes: 0, why: "", faults: {} };

/** The page's own account; the service worker reports bytes, the leader reports the link. */
export class Status {
  #http = 0;
  #origin = 0;
  #viewer = 0;
  #store = 0;
  #state: LinksState = { ...NO_LINKS, why: "starting" };
  #controlled = false;
  #noWorkerWhy: string | undefined;

  addBytes({ http = 0, origin = 0, viewer = 0, store = 0 }: Readonly<Partial<Record<BytePath, number>>>): void {
    this.#http += http;
    this.#origin += origin;
    this.#viewer += viewer;
    this.#store += store;
  }

  setLinks(state: LinksState): void {
    this.#state = state;
  }

  setControlled(controlled: boolean): void {
    this.#controlled = controlled;
  }

  /** There will be no service worker of ours on this page: nothing that is said of links later matters more. */
  setNoWorker(why: string): void {
    this.#noWorkerWhy = why;
  }

  linkOpen(): boolean {
    return this.#state.links > 0;
  }

  stats(): Stats {
    const { links, uploadedBytes, why, faults } = this.#state;
    const waiting = links > 0 && !this.#controlled;
    return {
      bytes: {
        http: this.#http,
        origin: this.#origin,
        booster: 0,
        viewer: this.#viewer,
        store: this.#store,
        uploaded: uploadedBytes,
      },
      links,
      controlled: this.#controlled,
      why: this.#noWorkerWhy ?? (waiting ? "no service worker of ours controls this page (yet)" : why),
      faults,
    };
  }
}
