import { backoffMs } from "../../peer/backoff.ts";
import type { ClientSignal } from "../../protocol/client-signal.ts";
import type { SessionId } from "../../protocol/ids.ts";
import type { ServerSignal } from "../../protocol/signal.ts";
import { PROTOCOL_VERSION } from "../../protocol/version.ts";
import { clock } from "../clock.ts";
import { openEventSource } from "./sse-transport.ts";
import type { Transport } from "./transport.ts";
import { openWebSocket } from "./web-socket-transport.ts";

/** WebSockets that never opened, or died, in a row; then events and POSTs take over for this worker's life. */
const MAX_SOCKET_FAILURES = 2;

/** What the link does when signalling speaks. */
export interface SignallingEvents {
  /** Connected (again): `hello` is out. */
  onOpen(): void;
  onSignal(signal: ServerSignal): void;
  onLost(): void;
}

/** A standing conversation with the proxy: reconnects by itself, changes the transport by itself. */
export class Signalling {
  readonly #base: string;
  readonly #session: SessionId;
  readonly #events: SignallingEvents;
  #transport: Transport | undefined;
  #connected = false;
  #pending: ClientSignal[] = [];
  #failures = 0;
  #socketFailures = 0;
  #stopped = false;

  constructor(base: string, session: SessionId, events: SignallingEvents) {
    this.#base = base;
    this.#session = session;
    this.#events = events;
    this.#open();
  }

  /** Sends now, or as soon as this connection is there; what was meant for one that failed is forgotten with it. */
  send(signal: ClientSignal): void {
    if (this.#connected) this.#transport?.send(signal);
    else this.#pending.push(signal);
  }

  stop(): void {
    this.#stopped = true;
    this.send({ type: "bye" });
    this.#transport?.close();
  }

  #open(): void {
    const bySocket = this.#socketFailures < MAX_SOCKET_FAILURES;
    const open = bySocket ? openWebSocket : openEventSource;
    this.#transport = open(this.#base, {
      onOpen: () => {
        this.#connected = true;
        const hello: ClientSignal = { type: "hello", v: PROTOCOL_VERSION, session: this.#session };
        for (const signal of [hello, ...this.#pending.splice(0)]) this.send(signal);
      },
      onSignal: (signal) => {
        if (signal.type === "welcome") this.#welcomed();
        this.#events.onSignal(signal);
      },
      onClose: () => this.#closed(bySocket),
    });
  }

  #welcomed(): void {
    this.#failures = 0;
    this.#socketFailures = 0;
    this.#events.onOpen();
  }

  #closed(bySocket: boolean): void {
    this.#transport = undefined;
    this.#connected = false;
    this.#pending = [];
    if (this.#stopped) return;
    if (bySocket) this.#socketFailures++;
    this.#events.onLost();
    // The other transport is tried at once, and only then this has failed; a proxy that is away altogether gets its time.
    const changes = bySocket && this.#socketFailures === MAX_SOCKET_FAILURES;
    if (!changes) this.#failures++;
    clock.after(changes ? 0 : backoffMs(this.#failures, Math.random()), () => this.#open());
  }
}
