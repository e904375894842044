const NAME = "tuber-link";

type TabMessage = { readonly type: "link"; readonly links: number; readonly why: string } | { readonly type: "ask" };

/** The leader tells the site's other tabs how the link is; a new tab asks. */
export class Tabs {
  readonly #channel = new BroadcastChannel(NAME);

  constructor(events: { onLink(links: number, why: string): void; onAsked(): void }) {
    this.#channel.onmessage = (event: MessageEvent<TabMessage>) => {
      if (event.data.type === "link") events.onLink(event.data.links, event.data.why);
      else events.onAsked();
    };
    this.#post({ type: "ask" });
  }

  tellLink(links: number, why: string): void {
    this.#post({ type: "link", links, why });
  }

  #post(message: TabMessage): void {
    this.#channel.postMessage(message);
  }
}
