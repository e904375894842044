import type { Means } from "../protocol/client-signal.ts";
import type { SessionId } from "../protocol/ids.ts";
import type { ServerSignal } from "../protocol/signal.ts";
import type { PeerFacts } from "./core/planner-ports.ts";
import { isIpv6, networkOf } from "./network.ts";

/** Sends one message to a client; one that cannot be delivered is lost. */
export type SendSignal = (message: ServerSignal) => void;

/** What earlier visits have taught of a viewer. */
export interface Past {
  readonly uplinkBps: number | undefined;
  readonly stayMs: number;
}

const NO_PAST: Past = { uplinkBps: undefined, stayMs: 0 };

/** Round trips that differ by less than this part and this much are the same. */
const RTT_CHANGE = 0.25;
const RTT_NOISE_MS = 5;

/** One session as the planner's server knows it. */
export class Viewer {
  readonly session: SessionId;
  /** Its number for other viewers. */
  readonly peer: number;
  /** Swarms it takes part in, and when its ticket for each ends, by the origin's clock. */
  readonly swarms = new Map<number, number>();
  /** Swarms it has asked for and not left, whether its ticket was checked yet or not. */
  readonly wanted = new Set<number>();
  /** Gives it up unless it comes back. */
  cancelGone: () => void = () => {};
  /** Nothing is believed of means but "no", and before they are told the answer is no. */
  #means: Means = { upload: false };
  #address = "";
  #rttMs: number | undefined;
  #past: Past = NO_PAST;
  #send: SendSignal | undefined;
  /** The facts as last told to the planner. */
  #told = "";

  constructor(session: SessionId, peer: number) {
    this.session = session;
    this.peer = peer;
  }

  /** Somebody to talk to. */
  get isHere(): boolean {
    return this.#send !== undefined;
  }

  /** Same text = same network; one that nobody can see is like no other. */
  get network(): string {
    return networkOf(this.#address) ?? `peer ${this.peer}`;
  }

  arrive(send: SendSignal, address: string | undefined): void {
    this.cancelGone();
    this.#send = send;
    this.#address = address ?? "";
  }

  /** False if `send` is not how it is reached any more. */
  leave(send: SendSignal): boolean {
    if (this.#send !== send) return false;
    this.#send = undefined;
    return true;
  }

  send(message: ServerSignal): void {
    this.#send?.(message);
  }

  set means(means: Means) {
    this.#means = means;
  }

  get past(): Past {
    return this.#past;
  }

  set past(past: Past) {
    this.#past = past;
  }

  /** Its round trip to the origin, as it says; small changes are none. */
  set rttMs(rttMs: number) {
    const known = this.#rttMs;
    if (known === undefined || Math.abs(rttMs - known) > RTT_CHANGE * known + RTT_NOISE_MS) this.#rttMs = rttMs;
  }

  /** What the planner is to know of it, if that is news. */
  takeFacts(uplinkBps: number | undefined): PeerFacts | undefined {
    const facts: PeerFacts = {
      nat: "unknown",
      ipv6: isIpv6(this.#address),
      network: this.network,
      upload: this.#means.upload,
      uplinkBps: uplinkBps ?? this.#past.uplinkBps,
      trusted: false,
      rttMs: this.#rttMs,
      stayMs: this.#past.stayMs,
    };
    // What was measured meanwhile the planner was told by itself.
    const text = JSON.stringify({ ...facts, uplinkBps: undefined });
    if (text === this.#told) return undefined;
    this.#told = text;
    return facts;
  }

  /** The planner has forgotten it. */
  forgotten(): void {
    this.#told = "";
    this.swarms.clear();
    this.wanted.clear();
  }
}
