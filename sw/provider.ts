import type { SessionId } from "../protocol/ids.ts";
import { STREAM_CREDIT_BYTES } from "../protocol/limits.ts";
import type { Note } from "../protocol/note.ts";
import type { FromProvider, LinkState, ToProvider } from "../protocol/page-port.ts";
import { LinkStream } from "./link-stream.ts";
import { scope } from "./scope.ts";

/** How often the provider's page is looked for while streams are open: a closed page sends no event at all. */
const POLL_MS = 100;
/** Silence on the link's streams. */
const STALL_MS = 1_000;
/** The Tuber worker itself gives up a swarm's stream long before; this is for a worker that hangs. */
const SWARM_STALL_MS = 3_000;

type StreamOrder =
  | Pick<Extract<ToProvider, { type: "open" }>, "type" | "start">
  | Pick<Extract<ToProvider, { type: "ask" }>, "type" | "url" | "range">;

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
    return this.#expect({ type: "open", start }, STALL_MS);
  }

  /** A stream of the browser's swarms, if they know this URL: its note says so. */
  ask(url: string, range: string | undefined): LinkStream | undefined {
    return this.#suspect ? undefined : this.#expect({ type: "ask", url, range }, SWARM_STALL_MS);
  }

  /** A note said to which swarm this URL belongs. */
  join(note: Note, url: string): void {
    this.#send({ type: "swarm", note, url });
  }

  #expect(order: StreamOrder, stallMs: number): LinkStream {
    const stream = new LinkStream(crypto.getRandomValues(new Uint32Array(1))[0] || 1, stallMs, {
      consumed: (bytes) => this.#send({ type: "consumed", stream: stream.id, bytes }),
      stalled: () => {
        this.#suspect = true;
      },
      closed: () => {
        this.#send({ type: "cancel", stream: stream.id });
        this.#finish(stream.id, "failed");
      },
    });
    this.#streams.set(stream.id, stream);
    this.#send({ ...order, stream: stream.id, creditBytes: STREAM_CREDIT_BYTES });
    this.#poll ??= setInterval(() => void this.#checkAlive(), POLL_MS);
    return stream;
  }

  /** The page is gone or replaced: every stream fails at once. */
  close(): void {
    this.#session = undefined;
    for (const id of this.#streams.keys()) this.#finish(id, "failed");
    this.#port.close();
  }

  #handle(message: FromProvider): void {
    const stream = message.type === "link" ? undefined : this.#streams.get(message.stream);
    switch (message.type) {
      case "link":
        this.#state = message.state;
        this.#session = message.state === "open" ? message.session : undefined;
        this.#suspect = false;
        this.#onLink(message.state);
        return;
      case "data":
        this.#suspect = false;
        stream?.data(new Uint8Array(message.buffer, message.from), message.path);
        return;
      case "note":
        stream?.found(message.note);
        return;
      case "end":
      case "fail":
        this.#finish(message.stream, message.type === "end" ? "end" : "failed");
    }
  }

  #send(message: ToProvider): void {
    this.#port.postMessage(message);
  }

  #finish(id: number, final: "end" | "failed"): void {
    this.#streams.get(id)?.finish(final);
    this.#streams.delete(id);
    if (this.#streams.size > 0) return;
    clearInterval(this.#poll);
    this.#poll = undefined;
  }

  async #checkAlive(): Promise<void> {
    const client = await scope.clients.get(this.clientId);
    if (client === undefined) this.close();
  }
}
