import type { LinksState } from "./status.ts";

const NAME = "tuber-link";

type TabMessage = { readonly type: "links"; readonly state: LinksState } | { readonly type: "ask" };

/** The leader tells the site's other tabs how the link is; a new tab asks. */
export class Tabs {
  readonly #events: { onLinks(state: LinksState): void; onAsked(): void };
  #channel: BroadcastChannel | undefined;

  constructor(events: { onLinks(state: LinksState): void; onAsked(): void }) {
    this.#events = events;
  }

  /** Takes part, and asks. */
  open(): void {
    if (this.#channel) return;
    this.#channel = new BroadcastChannel(NAME);
    this.#channel.onmessage = (event: MessageEvent<TabMessage>) => {
      if (event.data.type === "links") this.#events.onLinks(event.data.state);
      else this.#events.onAsked();
    };
    this.#post({ type: "ask" });
  }

  /** Hears nothing any more: one message would drive a page out of the back-forward cache. */
  close(): void {
    this.#channel?.close();
    this.#channel = undefined;
  }

  tellLinks(state: LinksState): void {
    this.#post({ type: "links", state });
  }

  #post(message: TabMessage): void {
    this.#channel?.postMessage(message);
  }
}
