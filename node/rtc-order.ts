import type { Channel, ChannelEvents } from "../peer/channel.ts";
import type { AttemptEvents } from "./rtc.ts";

/**
 * The order both engines owe an attempt's owner, whatever order their own threads and promises have: the answer before any
 * candidate, one channel, its messages only while it is open, one close, nothing after it.
 */
export class AttemptOrder {
  readonly #events: AttemptEvents;
  #state: "offered" | "answered" | "closed" = "offered";
  #early: [candidate: string, mid: string][] = [];
  #channel: ChannelEvents | undefined;

  constructor(events: AttemptEvents) {
    this.#events = events;
  }

  get closed(): boolean {
    return this.#state === "closed";
  }

  answer(sdp: string): void {
    if (this.#state !== "offered") return;
    this.#state = "answered";
    this.#events.onAnswer(sdp);
    for (const [candidate, mid] of this.#early.splice(0)) this.candidate(candidate, mid);
  }

  candidate(candidate: string, mid: string): void {
    if (this.#state === "offered") this.#early.push([candidate, mid]);
    if (this.#state === "answered") this.#events.onCandidate(candidate.replace(/^a=/, ""), mid);
  }

  /** False if this attempt wants no (more) channel: the engine closes it. */
  channel(channel: Channel): boolean {
    if (this.closed || this.#channel !== undefined) return false;
    this.#channel = this.#events.onChannel(channel);
    return true;
  }

  message(bytes: Uint8Array): void {
    if (!this.closed) this.#channel?.onMessage(bytes);
  }

  /** The owner hears of it in a later microtask, so that its own call of `close` has returned. */
  close(): void {
    if (this.closed) return;
    this.#state = "closed";
    queueMicrotask(() => {
      this.#channel?.onClose();
      this.#events.onClose();
    });
  }
}
