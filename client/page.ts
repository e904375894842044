import { NATIVE_HLS_KEEP, type WorkerToPage } from "../protocol/page-port.ts";
import { config } from "./config.ts";
import { Controller } from "./controller.ts";
import { holdMedia, loadedMediaUrls } from "./hold.ts";
import { runForLeader } from "./leader.ts";
import { LinkHost } from "./link-host.ts";
import { Means } from "./means.ts";
import { ensureRegistered, type Registered, refreshAppWorker } from "./registration.ts";
import { type LinksState, NO_LINKS, type Status } from "./status.ts";
import { Tabs } from "./tabs.ts";

/** How long the app's own service worker may take to say that our code runs in it. */
const HERE_MS = 500;
/** How often a tab in view says so: well within the time after which none counts as being there. */
const VISIBLE_MS = 10_000;

/** A page of the site with Tuber on it: introduces itself to the service worker, and holds the link if it leads. */
export class Page {
  readonly #status: Status;
  readonly #controller: Controller;
  readonly #tabs: Tabs;
  readonly #nativeUrls = new Set<string>();
  /** The page had a service worker from its first byte on, so nothing of it came from the raw network. */
  readonly #controlledFromStart = navigator.serviceWorker.controller !== null;
  #networkUrls: readonly string[] = [];
  #here = false;
  #left = false;
  #link: LinkHost | undefined;
  #means: Means | undefined;
  #visible: number | undefined;
  #state: LinksState = { ...NO_LINKS, why: "connecting" };
  #handOn: (() => void) | undefined;
  #release: (() => void) | undefined;
  #registered: Registered | undefined;

  constructor(status: Status, hold: boolean) {
    this.#status = status;
    this.#controller = new Controller({
      onMessage: (message) => this.#handle(message),
      onController: () => this.#onController(),
    });
    if (hold && !this.#controlledFromStart) {
      this.#release = holdMedia(
        () => this.#isComing(),
        () => this.#leaveToNetwork(),
      );
    }
    this.#tabs = new Tabs({
      onLinks: (state) => this.#status.setLinks(state),
      onAsked: () => {
        if (this.#link) this.#tabs.tellLinks(this.#state);
      },
      onVisible: () => this.#means?.seen(),
    });
  }

  /** Registers and introduces; then runs for the lead until the page goes away. */
  async run(): Promise<void> {
    this.resume();
    if (this.#controlledFromStart) this.#introduce();
    const registered = await ensureRegistered();
    this.#registered = registered;
    if (registered.owner === "none") this.#leave(registered.why);
    else await this.#meet(registered);
  }

  /** Our service worker is being fetched or started; it takes control before it is "activated", or not at all. */
  #isComing(): boolean {
    if (this.#registered === undefined) return !config.appHasWorker;
    if (this.#registered.owner !== "tuber") return false;
    const { installing, waiting, active } = this.#registered.registration;
    return (installing ?? waiting ?? active)?.state !== "activated";
  }

  /** Without a service worker a link would serve nobody. */
  #leave(why: string): void {
    this.#status.setNoWorker(why);
    this.#left = true;
    this.#release?.();
    this.suspend();
  }

  /** The page is (again) in view of the browser: take part. */
  resume(): void {
    if (this.#left) return;
    this.#tabs.open();
    this.#handOn ??= runForLeader(() => this.#lead());
    this.#visible ??= setInterval(() => this.#tellVisible(), VISIBLE_MS);
  }

  /** The page goes away, perhaps into the back-forward cache, which takes no page with a connection. */
  suspend(): void {
    this.#tabs.close();
    clearInterval(this.#visible);
    this.#visible = undefined;
    this.#means?.stop();
    if (this.#link) this.#controller.send({ type: "bye" });
    this.#link?.stop();
    this.#link = undefined;
    this.#handOn?.();
    this.#handOn = undefined;
  }

  #tellVisible(): void {
    if (!document.hidden) this.#tabs.tellVisible();
  }

  async #meet(registered: Exclude<Registered, { owner: "none" }>): Promise<void> {
    const { registration, owner } = registered;
    this.#controller.setFallback(registration);
    this.#introduce();
    if (owner === "tuber") return;
    await new Promise((resolve) => setTimeout(resolve, HERE_MS));
    if (this.#here) return;
    this.#status.setLinks({ ...NO_LINKS, why: "the site's own service worker does not carry Tuber yet" });
    refreshAppWorker(registration);
  }

  #lead(): void {
    this.#means = new Means((upload) => this.#link?.setUpload(upload));
    this.#link = new LinkHost(this.#means.upload, (state) => {
      this.#state = state;
      this.#status.setLinks(this.#state);
      this.#tabs.tellLinks(this.#state);
    });
    this.#offerLink();
  }

  #introduce(): void {
    this.#controller.send({
      type: "page",
      claimed: !this.#controlledFromStart,
      loadedUrls: this.#networkUrls,
      nativeUrls: [...this.#nativeUrls],
    });
    this.#offerLink();
  }

  #offerLink(): void {
    if (!this.#link) return;
    this.#controller.send({ type: "provider" }, [this.#link.servicePort()]);
  }

  #onController(): void {
    this.#here = false;
    if (!this.#controlledFromStart) this.#leaveToNetwork();
    this.#introduce();
    this.#release?.();
    this.#release = undefined;
  }

  /** What the network has begun stays with the network for this page's life. */
  #leaveToNetwork(): void {
    this.#networkUrls = [...new Set([...this.#networkUrls, ...loadedMediaUrls()])];
  }

  #handle(message: WorkerToPage): void {
    switch (message.type) {
      case "here":
        this.#here = true;
        this.#status.setControlled(navigator.serviceWorker.controller !== null);
        return;
      case "may-claim":
        return this.#controller.send({ type: "claim-answer", busy: loadedMediaUrls().length > 0 });
      case "who":
        return this.#introduce();
      case "bytes":
        return this.#status.addBytes(message);
      case "native-hls":
        for (const url of message.urls.slice(-NATIVE_HLS_KEEP)) this.#nativeUrls.add(url);
        return;
      case "busy":
        return;
    }
  }
}
