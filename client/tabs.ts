const NAME = "tuber-link";

type TabMessage = { readonly type: "link"; readonly links: number; readonly why: string } | { readonly type: "ask" };

/** The leader tells the site's other tabs how the link is; a new tab asks. */
export class Tabs {
  readonly #events: { onLink(links: number, why: string): void; onAsked(): void };
  #channel: BroadcastChannel | undefined;

  constructor(events: { onLink(links: number, why: string): void; onAsked(): void }) {
    this.#events = events;
  }

  /** Takes part, and asks. */
  open(): void {
    if (this.#channel) return;
    this.#channel = new BroadcastChannel(NAME);
    this.#channel.onmessage = (event: MessageEvent<TabMessage>) => {
      if (event.data.type === "link") this.#events.onLink(event.data.links, event.data.why);
      else this.#events.onAsked();
    };
    this.#post({ type: "ask" });
  }

  /** Hears nothing any more: one message would drive a page out of the back-forward cache. */
  close(): void {
    this.#channel?.close();
    this.#channel = undefined;
  }

  tellLink(links: number, why: string): void {
    this.#post({ type: "link", links, why });
  }

  #post(message: TabMessage): void {
    this.#channel?.postMessage(message);
  }
}
