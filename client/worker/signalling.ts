import { backoffMs } from "../../peer/backoff.ts";
import type { ClientSignal } from "../../protocol/client-signal.ts";
import type { SessionId } from "../../protocol/ids.ts";
import type { ServerSignal } from "../../protocol/signal.ts";
import { PROTOCOL_VERSION } from "../../protocol/version.ts";
import { clock } from "../clock.ts";
import { openEventSource } from "./sse-transport.ts";
import type { Transport } from "./transport.ts";
import { openWebSocket } from "./web-socket-transport.ts";

/** What the link does when signalling speaks. */
export interface SignallingEvents {
  /** Welcome (again), by events and POSTs or by a WebSocket. */
  onOpen(byEvents: boolean): void;
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
  #byEvents: boolean;
  #failures = 0;
  #stopped = false;

  /** `byEvents`: which way to try first. */
  constructor(base: string, session: SessionId, byEvents: boolean, events: SignallingEvents) {
    this.#base = base;
    this.#session = session;
    this.#byEvents = byEvents;
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
    const open = this.#byEvents ? openEventSource : openWebSocket;
    let welcome = false;
    this.#transport = open(this.#base, {
      onOpen: () => {
        this.#connected = true;
        const hello: ClientSignal = { type: "hello", v: PROTOCOL_VERSION, session: this.#session };
        for (const signal of [hello, ...this.#pending.splice(0)]) this.send(signal);
      },
      onSignal: (signal) => {
        if (signal.type === "welcome") {
          welcome = true;
          this.#failures = 0;
          this.#events.onOpen(this.#byEvents);
        }
        this.#events.onSignal(signal);
      },
      onClose: () => this.#closed(welcome),
    });
  }

  #closed(welcome: boolean): void {
    this.#transport = undefined;
    this.#connected = false;
    this.#pending = [];
    if (this.#stopped) return;
    this.#events.onLost();
    // What lies between may let the other way through. Events are tried at once where a socket was not welcome, and only then
    // this has failed; a proxy that is away altogether gets its time.
    if (!welcome) this.#byEvents = !this.#byEvents;
    const changes = !welcome && this.#byEvents;
    if (!changes) this.#failures++;
    clock.after(changes ? 0 : backoffMs(this.#failures, Math.random()), () => this.#open());
  }
}
