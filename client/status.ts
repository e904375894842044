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
  /** Why nothing comes over a link, in words; empty while there is one. */
  readonly why: string;
}

/** The page's own account; the service worker reports bytes, the leader reports the link. */
export class Status {
  #http = 0;
  #origin = 0;
  #links = 0;
  #why = "starting";
  #controlled = false;
  #noWorkerWhy: string | undefined;

  addBytes(http: number, origin: number): void {
    this.#http += http;
    this.#origin += origin;
  }

  setLink(links: number, why: string): void {
    this.#links = links;
    this.#why = why;
  }

  setControlled(controlled: boolean): void {
    this.#controlled = controlled;
  }

  /** There will be no service worker of ours on this page: nothing that is said of links later matters more. */
  setNoWorker(why: string): void {
    this.#noWorkerWhy = why;
  }

  linkOpen(): boolean {
    return this.#links > 0;
  }

  stats(): Stats {
    const waiting = this.#links > 0 && !this.#controlled;
    return {
      bytes: { http: this.#http, origin: this.#origin, booster: 0, viewer: 0, store: 0, uploaded: 0 },
      links: this.#links,
      controlled: this.#controlled,
      why: this.#noWorkerWhy ?? (waiting ? "no service worker of ours controls this page (yet)" : this.#why),
    };
  }
}
