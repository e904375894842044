import { type PageToWorker, tagged, untag, type WorkerToPage } from "../protocol/page-port.ts";
import { Patience } from "./patience.ts";
import { Provider } from "./provider.ts";
import type { Scope } from "./scope.ts";

/** How long a page may take to say who it is after the service worker forgot everything. */
const WHO_MS = 300;

/** What the service worker knows of one page. Pages hold the truth; this is a copy that may be lost at any time. */
export interface PageState {
  /** Media URLs this page got from the network before we had control: they stay there (a mix kills Chromium's player). */
  readonly networkUrls: ReadonlySet<string>;
  /** URLs of a native HLS player. */
  readonly nativeUrls: Set<string>;
}

/** The pages of the site and the one among them that holds the link. */
export class Pages {
  /** For a link that a page which just started may bring. */
  readonly patience = new Patience();
  readonly #scope: Scope;
  readonly #known = new Map<string, PageState>();
  readonly #waiting = new Map<string, (() => void)[]>();
  #provider: Provider | undefined;
  /** Hears what pages say to "may-claim". */
  onClaimAnswer: ((clientId: string, busy: boolean) => void) | undefined;
  readonly #onSilent: () => void;
  #asked = false;

  /** `onSilent`: a page does not know us although we answer for it. */
  constructor(scope: Scope, onSilent: () => void) {
    this.#scope = scope;
    this.#onSilent = onSilent;
  }

  provider(): Provider | undefined {
    return this.#provider;
  }

  /** The page's state; asks all pages once after a restart of the service worker, and gives up after 300 ms. */
  async state(clientId: string): Promise<PageState> {
    const known = this.#known.get(clientId);
    if (known) return known;
    const heard = new Promise<void>((resolve) => {
      this.#waiting.set(clientId, [...(this.#waiting.get(clientId) ?? []), resolve]);
      setTimeout(resolve, WHO_MS);
    });
    await this.#askWho();
    await heard;
    this.#waiting.delete(clientId);
    return this.#known.get(clientId) ?? this.#silent(clientId);
  }

  #silent(clientId: string): PageState {
    const state = { networkUrls: new Set<string>(), nativeUrls: new Set<string>() };
    this.#known.set(clientId, state);
    this.#onSilent();
    return state;
  }

  /** Asks every page to introduce itself; once in a service worker's life is enough, later pages come by themselves. */
  async #askWho(): Promise<void> {
    if (this.#asked) return;
    this.#asked = true;
    await this.tellAll({ type: "who" });
  }

  /** One of our messages, or false if it is the site's. */
  handle(event: ExtendableMessageEvent): boolean {
    const message = untag<PageToWorker>(event.data);
    if (message === undefined) return false;
    const source = event.source;
    if (!(source instanceof Client)) return true;
    if (message.type === "page") this.#introduce(source, message);
    if (message.type === "claim-answer") this.onClaimAnswer?.(source.id, message.busy);
    if (message.type === "provider") this.#setProvider(source.id, event.ports[0]);
    if (message.type === "bye" && this.#provider?.clientId === source.id) this.#loseProvider();
    return true;
  }

  #introduce(client: Client, page: Extract<PageToWorker, { type: "page" }>): void {
    const clientId = client.id;
    client.postMessage(tagged<WorkerToPage>({ type: "here" }));
    this.#known.set(clientId, { networkUrls: new Set(page.loadedUrls), nativeUrls: new Set(page.nativeUrls) });
    for (const resolve of this.#waiting.get(clientId) ?? []) resolve();
    if (this.#provider?.session() === undefined) this.patience.begin();
    void this.#forgetClosed();
  }

  #setProvider(clientId: string, port: MessagePort | undefined): void {
    if (!port) return;
    this.#provider?.close();
    this.#provider = new Provider(clientId, port, (state) => this.patience.heard(state));
  }

  /** Its page was left, most often for another one of the site that will bring a link soon. */
  #loseProvider(): void {
    this.#provider?.close();
    this.patience.begin();
  }

  async #forgetClosed(): Promise<void> {
    const open = new Set((await this.#windows()).map((client) => client.id));
    for (const id of this.#known.keys()) if (!open.has(id)) this.#known.delete(id);
  }

  async tellAll(message: WorkerToPage): Promise<void> {
    for (const client of await this.#windows()) client.postMessage(tagged(message));
  }

  /** Tells one page; the provider's instead if that one has none of our script or is gone (a download's iframe). */
  async tell(clientId: string, message: WorkerToPage): Promise<void> {
    const id = this.#known.has(clientId) ? clientId : (this.#provider?.clientId ?? clientId);
    (await this.#scope.clients.get(id))?.postMessage(tagged(message));
  }

  #windows(): Promise<readonly WindowClient[]> {
    return this.#scope.clients.matchAll({ type: "window", includeUncontrolled: true });
  }
}
