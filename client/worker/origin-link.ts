import { backoffMs } from "../../peer/backoff.ts";
import type { Channel, ChannelEvents } from "../../peer/channel.ts";
import type { Clock } from "../../peer/clock.ts";
import type { ClientSignal } from "../../protocol/client-signal.ts";
import { ORIGIN_PEER } from "../../protocol/ids.ts";
import type { ServerSignal } from "../../protocol/signal.ts";
import type { FromLinkWorker, FromPage } from "../worker-port.ts";
import { Attempt, type MakeChannel } from "./attempt.ts";

/** What the origin's link needs, and whom it tells. */
export interface OriginLinkPorts {
  readonly clock: Clock;
  readonly random: () => number;
  tellPage(message: FromLinkWorker): void;
  send(signal: ClientSignal): void;
  /** The link is open; the answer hears everything that comes on it. */
  onOpen(channel: Channel): ChannelEvents;
  /** The link, or an attempt at it, was lost; `why` in words. */
  onLost(why: string): void;
}

/** The origin's link: attempts one after another until one opens, and again whenever it is lost. */
export class OriginLink {
  readonly #ports: OriginLinkPorts;
  #attempt: Attempt | undefined;
  #attempts = 0;
  #failures = 0;
  /** Believed until it turns out otherwise, so that the first offer is made while signalling is still connecting. */
  #signalled = true;
  #cancelRetry: (() => void) | undefined;

  constructor(ports: OriginLinkPorts) {
    this.#ports = ports;
    this.#connect();
  }

  useChannel(attempt: number, make: MakeChannel): void {
    this.#current(attempt)?.useChannel(make);
  }

  onPage(message: FromPage): void {
    const current = this.#current(message.attempt);
    const { attempt } = message;
    if (message.type === "failed") current?.fail(message.why);
    else if (current && message.type === "offer") this.#ports.send({ type: "offer", attempt, sdp: message.sdp });
    else if (current && message.type === "candidate") {
      const { candidate, mid } = message;
      this.#ports.send({ type: "candidate", attempt, candidate, mid });
    }
  }

  onSignal(signal: Extract<ServerSignal, { type: "answer" | "candidate" | "refused" }>): void {
    const attempt = this.#current(signal.attempt);
    if (signal.type === "answer") attempt?.answer(signal.sdp);
    else if (signal.type === "candidate") attempt?.candidate(signal.candidate, signal.mid);
    else attempt?.fail(signal.why);
  }

  onSignalling(): void {
    this.#signalled = true;
    this.#failures = 0;
    this.#connect();
  }

  /** An open link needs no signalling; an attempt does. */
  onSignallingLost(): void {
    this.#signalled = false;
    const why = "signalling does not get through to the server";
    if (this.#attempt === undefined) this.#ports.onLost(why);
    else if (!this.#attempt.isOpen) this.#attempt.fail(why);
  }

  /** The server was started anew: an open link leads to one that is gone, and says so only when its silence is noticed. */
  renew(): void {
    if (!this.#attempt?.isOpen) return;
    this.#attempt.close();
    this.#attempt = undefined;
    this.#ports.onLost("the server was started anew");
    this.#connect();
  }

  close(): void {
    this.#cancelRetry?.();
    this.#attempt?.close();
  }

  #current(attempt: number): Attempt | undefined {
    return this.#attempt?.number === attempt ? this.#attempt : undefined;
  }

  #connect(): void {
    if (!this.#signalled || this.#attempt) return;
    this.#cancelRetry?.();
    this.#attempts += 1;
    this.#attempt = new Attempt(ORIGIN_PEER, this.#attempts, undefined, {
      clock: this.#ports.clock,
      tellPage: (message) => this.#ports.tellPage(message),
      onOpen: (channel) => {
        this.#failures = 0;
        return this.#ports.onOpen(channel);
      },
      onOver: (why) => this.#onOver(why),
    });
  }

  #onOver(why: string): void {
    this.#attempt = undefined;
    this.#ports.onLost(why);
    this.#failures += 1;
    this.#cancelRetry?.();
    const delayMs = backoffMs(this.#failures, this.#ports.random());
    this.#cancelRetry = this.#ports.clock.after(delayMs, () => this.#connect());
  }
}
