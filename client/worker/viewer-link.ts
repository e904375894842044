import { backoffMs } from "../../peer/backoff.ts";
import type { Channel, ChannelEvents } from "../../peer/channel.ts";
import type { Clock } from "../../peer/clock.ts";
import type { PeerMessage } from "../../protocol/peer-message.ts";
import type { FromLinkWorker, FromPage } from "../worker-port.ts";
import { Attempt, type MakeChannel } from "./attempt.ts";

/** Attempts at one viewer before it is left alone. */
const MAX_FAILURES = 3;
/** For how long. Paths that UDP cannot take today are seldom there a minute later. */
const GIVEN_UP_MS = 600_000;

/** What a viewer's link needs, and whom it tells. */
export interface ViewerLinkPorts {
  readonly clock: Clock;
  readonly random: () => number;
  /** A number above all given before: attempts at one viewer must rise. */
  nextAttempt(): number;
  tellPage(message: FromLinkWorker): void;
  /** Says this to the other viewer, through the planner. */
  send(message: PeerMessage): void;
  /** The link is open; the answer hears everything that comes on it. */
  onOpen(channel: Channel): ChannelEvents;
  /** Once for each `onOpen`. */
  onLost(): void;
}

/** The link to one other viewer. The lower peer number of the two offers, and tries again; the other one answers. */
export class ViewerLink {
  readonly peer: number;
  readonly #offers: boolean;
  readonly #ports: ViewerLinkPorts;
  #attempt: Attempt | undefined;
  /** The highest number the other side offered. */
  #offered = -1;
  #wanted = false;
  #failures = 0;
  #givenUpUntilMs = 0;
  #cancelRetry: (() => void) | undefined;

  constructor(self: number, peer: number, ports: ViewerLinkPorts) {
    this.peer = peer;
    this.#offers = self < peer;
    this.#ports = ports;
  }

  /** Some swarm's assignment names this viewer. */
  get isWanted(): boolean {
    return this.#wanted;
  }

  get isOpen(): boolean {
    return this.#attempt?.isOpen ?? false;
  }

  /** It holds a connection in the page. */
  get isBusy(): boolean {
    return this.#attempt !== undefined;
  }

  /** Nothing would be forgotten with it. */
  get isIdle(): boolean {
    return !this.#wanted && !this.isBusy && this.#ports.clock.nowMs() >= this.#givenUpUntilMs;
  }

  /** Whether a link is wanted; an open one stays open if it is not, and nothing is tried any more. */
  setWanted(wanted: boolean): void {
    this.#wanted = wanted;
    if (wanted) this.#connect();
    else this.#cancelRetry?.();
  }

  useChannel(attempt: number, make: MakeChannel): void {
    this.#current(attempt)?.useChannel(make);
  }

  onPage(message: FromPage): void {
    const current = this.#current(message.attempt);
    const { attempt } = message;
    if (message.type === "failed") {
      current?.fail(message.why);
    } else if (current && message.type === "candidate") {
      this.#ports.send({ kind: "candidate", attempt, candidate: message.candidate, mid: message.mid });
    } else if (current && message.type !== "candidate") {
      this.#ports.send({ kind: message.type, attempt, sdp: message.sdp });
    }
  }

  /** The other viewer says this. */
  onMessage(message: PeerMessage): void {
    if (message.kind === "offer") {
      this.#accept(message.attempt, message.sdp);
      return;
    }
    const attempt = this.#current(message.attempt);
    if (message.kind === "answer") attempt?.answer(message.sdp);
    else if (message.kind === "candidate") attempt?.candidate(message.candidate, message.mid);
    else if (attempt) this.#drop();
  }

  /** Ends it, now. */
  close(): void {
    this.#wanted = false;
    this.#cancelRetry?.();
    this.#end();
  }

  #current(attempt: number): Attempt | undefined {
    return this.#attempt?.number === attempt ? this.#attempt : undefined;
  }

  #connect(): void {
    this.#cancelRetry?.();
    if (!this.#offers || !this.#wanted || this.#attempt) return;
    const pauseMs = this.#givenUpUntilMs - this.#ports.clock.nowMs();
    if (pauseMs > 0) this.#connectAfter(pauseMs);
    else this.#begin(this.#ports.nextAttempt(), undefined);
  }

  /** A newer offer replaces what we have: the other side would not make it if its end still worked. */
  #accept(attempt: number, offer: string): void {
    if (this.#offers || attempt <= this.#offered) return;
    this.#offered = attempt;
    this.#end();
    this.#begin(attempt, offer);
  }

  #begin(number: number, offer: string | undefined): void {
    const attempt = new Attempt(this.peer, number, offer, {
      clock: this.#ports.clock,
      tellPage: (message) => this.#ports.tellPage(message),
      onOpen: (channel) => {
        this.#failures = 0;
        return this.#ports.onOpen(channel);
      },
      onOver: () => this.#onOver(attempt),
    });
    this.#attempt = attempt;
  }

  /** A link that was open once is only lost; an attempt that never opened says something of the path between the two. */
  #onOver(attempt: Attempt): void {
    if (!attempt.wasOpen) this.#ports.send({ kind: "failed", attempt: attempt.number });
    this.#drop();
  }

  #end(): void {
    const attempt = this.#attempt;
    this.#attempt = undefined;
    attempt?.close();
    if (attempt?.wasOpen) this.#ports.onLost();
  }

  #drop(): void {
    this.#end();
    this.#failures += 1;
    if (this.#failures >= MAX_FAILURES) {
      this.#failures = 0;
      this.#givenUpUntilMs = this.#ports.clock.nowMs() + GIVEN_UP_MS;
    }
    this.#connectAfter(backoffMs(this.#failures, this.#ports.random()));
  }

  #connectAfter(delayMs: number): void {
    this.#cancelRetry?.();
    if (!this.#offers || !this.#wanted) return;
    this.#cancelRetry = this.#ports.clock.after(delayMs, () => this.#connect());
  }
}
