import { backoffMs } from "../../peer/backoff.ts";
import type { Channel, ChannelEvents } from "../../peer/channel.ts";
import { createReceiver, type Receiver } from "../../peer/receiver.ts";
import type { SessionId } from "../../protocol/ids.ts";
import type { ServerSignal } from "../../protocol/signal.ts";
import { clock } from "../clock.ts";
import type { FromLinkWorker } from "../worker-port.ts";
import { Signalling } from "./signalling.ts";

/** An attempt that has no open channel by then is given up; real ones take two to ten round trips. */
const CONNECT_MS = 6_000;

/** Makes the channel once its owner's events are known. */
export type MakeChannel = (events: ChannelEvents, onOpen: () => void) => Channel;

/** What a link tells its worker. */
export interface LinkPorts {
  tellPage(message: FromLinkWorker): void;
  /** The link opened or was lost; `why` in words, empty while open. */
  onChange(open: boolean, why: string): void;
}

/** The origin's link: attempts one after another until one opens, and again whenever it is lost. */
export class Link {
  readonly #ports: LinkPorts;
  readonly #signalling: Signalling;
  #attempt = 0;
  #failures = 0;
  #channel: Channel | undefined;
  #receiver: Receiver | undefined;
  /** Believed until it turns out otherwise, so that the first offer is made while signalling is still connecting. */
  #signalled = true;
  #connecting = false;
  #cancelTimer: (() => void) | undefined;

  constructor(base: string, session: SessionId, ports: LinkPorts) {
    this.#ports = ports;
    this.#signalling = new Signalling(base, session, {
      onOpen: () => this.#onSignalling(),
      onSignal: (signal) => this.#onSignal(signal),
      onLost: () => this.#onSignallingLost(),
    });
    this.#connect();
  }

  /** The open link's receiver. */
  receiver(): Receiver | undefined {
    return this.#receiver;
  }

  offer(attempt: number, sdp: string): void {
    if (attempt === this.#attempt) this.#signalling.send({ type: "offer", attempt, sdp });
  }

  candidate(attempt: number, candidate: string, mid: string): void {
    if (attempt === this.#attempt) this.#signalling.send({ type: "candidate", attempt, candidate, mid });
  }

  /** The page made a channel for this attempt. */
  useChannel(attempt: number, make: MakeChannel): void {
    if (attempt !== this.#attempt) return;
    let receiver: Receiver | undefined;
    const channel = make(
      {
        onMessage: (bytes) => receiver?.onMessage(bytes),
        onClose: () => {
          receiver?.onClose();
          if (this.#channel === channel) this.fail(attempt, "the direct link was lost");
        },
      },
      () => {
        receiver = createReceiver({ channel, clock });
        this.#opened(attempt, channel, receiver);
      },
    );
    if (this.#receiver === undefined) this.#channel = channel;
  }

  /** This attempt, or the link it became, is over. */
  fail(attempt: number, why: string): void {
    if (attempt !== this.#attempt) return;
    this.#attempt++;
    this.#connecting = false;
    const receiver = this.#receiver;
    this.#receiver = undefined;
    receiver?.onClose();
    this.#channel?.close();
    this.#channel = undefined;
    this.#ports.tellPage({ type: "disconnect", attempt });
    this.#ports.onChange(false, why);
    this.#failures++;
    this.#later(backoffMs(this.#failures, Math.random()), () => this.#connect());
  }

  stop(): void {
    this.#cancelTimer?.();
    this.#channel?.close();
    this.#signalling.stop();
  }

  #connect(): void {
    if (!this.#signalled || this.#receiver || this.#connecting) return;
    this.#connecting = true;
    const attempt = ++this.#attempt;
    this.#ports.tellPage({ type: "connect", attempt });
    this.#later(CONNECT_MS, () => this.fail(attempt, "no direct path to the server was found (is UDP blocked?)"));
  }

  #opened(attempt: number, channel: Channel, receiver: Receiver): void {
    if (attempt !== this.#attempt) return channel.close();
    this.#cancelTimer?.();
    this.#failures = 0;
    this.#connecting = false;
    this.#channel = channel;
    this.#receiver = receiver;
    this.#ports.onChange(true, "");
  }

  #onSignalling(): void {
    this.#signalled = true;
    this.#failures = 0;
    this.#connect();
  }

  /** An open link needs no signalling; an attempt does. */
  #onSignallingLost(): void {
    this.#signalled = false;
    if (this.#receiver === undefined) this.fail(this.#attempt, "signalling does not get through to the server");
  }

  #onSignal(signal: ServerSignal): void {
    switch (signal.type) {
      case "answer":
      case "candidate":
        this.#ports.tellPage(signal);
        return;
      case "refused":
        return this.fail(signal.attempt, signal.why);
      case "welcome":
      case "pong":
        return;
    }
  }

  #later(delayMs: number, run: () => void): void {
    this.#cancelTimer?.();
    this.#cancelTimer = clock.after(delayMs, run);
  }
}
