import type { LinksState } from "./status.ts";

const NAME = "tuber-link";

type TabMessage = { readonly type: "links"; readonly state: LinksState } | { readonly type: "ask" | "visible" };

export interface TabsEvents {
  onLinks(state: LinksState): void;
  /** A new tab wants to know how the links are. */
  onAsked(): void;
  /** Another tab is in view. */
  onVisible(): void;
}

/** The leader tells the site's other tabs how the links are; a new tab asks. */
export class Tabs {
  readonly #events: TabsEvents;
  #channel: BroadcastChannel | undefined;

  constructor(events: TabsEvents) {
    this.#events = events;
  }

  /** Takes part, and asks. */
  open(): void {
    if (this.#channel) return;
    this.#channel = new BroadcastChannel(NAME);
    this.#channel.onmessage = (event: MessageEvent<TabMessage>) => {
      if (event.data.type === "links") this.#events.onLinks(event.data.state);
      else if (event.data.type === "ask") this.#events.onAsked();
      else this.#events.onVisible();
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

  /** This tab is in view. */
  tellVisible(): void {
    this.#post({ type: "visible" });
  }

  #post(message: TabMessage): void {
    this.#channel?.postMessage(message);
  }
}
