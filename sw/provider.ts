import type { SessionId } from "../protocol/ids.ts";
import { STREAM_CREDIT_BYTES } from "../protocol/limits.ts";
import type { FromProvider, LinkState, ToProvider } from "../protocol/page-port.ts";
import { LinkStream } from "./link-stream.ts";
import { scope } from "./scope.ts";

/** How often the provider's page is looked for while streams are open: a closed page sends no event at all. */
const POLL_MS = 100;

/**
 * The page that holds the link, seen from the service worker: one port to its Tuber worker, streams multiplexed on it.
 * There is at most one; a new one replaces it and the old one's streams fail (they go on elsewhere at the exact byte).
 */
export class Provider {
  readonly clientId: string;
  readonly #port: MessagePort;
  readonly #streams = new Map<number, LinkStream>();
  readonly #onLink: (state: LinkState) => void;
  #session: SessionId | undefined;
  #state: LinkState = "connecting";
  #suspect = false;
  #poll: number | undefined;

  constructor(clientId: string, port: MessagePort, onLink: (state: LinkState) => void) {
    this.#onLink = onLink;
    this.clientId = clientId;
    this.#port = port;
    port.onmessage = (event: MessageEvent<FromProvider>) => this.#handle(event.data);
  }

  /** The session whose link can take a stream now; undefined while there is no link or the last stream on it stalled. */
  session(): SessionId | undefined {
    return this.#suspect ? undefined : this.#session;
  }

  /** There is no link yet, and nobody has given up on it. */
  isConnecting(): boolean {
    return this.#state === "connecting";
  }

  /** A stream expected on the link; its number goes into the note request. */
  open(start: number | null): LinkStream {
    const stream = new LinkStream(crypto.getRandomValues(new Uint32Array(1))[0] || 1, {
      consumed: (bytes) => this.#send({ type: "consumed", stream: stream.id, bytes }),
      stalled: () => {
        this.#suspect = true;
      },
      closed: () => {
        this.#send({ type: "cancel", stream: stream.id });
        this.#forget(stream.id);
      },
    });
    this.#streams.set(stream.id, stream);
    this.#send({ type: "open", stream: stream.id, start, creditBytes: STREAM_CREDIT_BYTES });
    this.#poll ??= setInterval(() => void this.#checkAlive(), POLL_MS);
    return stream;
  }

  /** The page is gone or replaced: every stream fails at once. */
  close(): void {
    this.#session = undefined;
    for (const stream of [...this.#streams.values()]) stream.fail();
    this.#streams.clear();
    this.#stopPolling();
    this.#port.close();
  }

  #handle(message: FromProvider): void {
    switch (message.type) {
      case "link":
        this.#state = message.state;
        this.#session = message.state === "open" ? message.session : undefined;
        this.#suspect = false;
        this.#onLink(message.state);
        return;
      case "data":
        this.#suspect = false;
        this.#streams.get(message.stream)?.data(new Uint8Array(message.buffer, message.from));
        return;
      case "end":
        this.#streams.get(message.stream)?.end();
        this.#forget(message.stream);
        return;
      case "fail":
        this.#streams.get(message.stream)?.fail();
        this.#forget(message.stream);
    }
  }

  #send(message: ToProvider): void {
    this.#port.postMessage(message);
  }

  #forget(stream: number): void {
    this.#streams.delete(stream);
    if (this.#streams.size === 0) this.#stopPolling();
  }

  #stopPolling(): void {
    clearInterval(this.#poll);
    this.#poll = undefined;
  }

  async #checkAlive(): Promise<void> {
    const client = await scope.clients.get(this.clientId);
    if (client === undefined) this.close();
  }
}
