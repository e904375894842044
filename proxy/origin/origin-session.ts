import type { ServerSignal } from "../../protocol/signal.ts";
import type { SendSignal } from "../signal/sessions.ts";
import type { OriginLink } from "./origin-link.ts";

/** Links of one session: the one in use and the one that replaces it. */
const MAX_LINKS = 2;

/** One client: how it is reached, and its links by attempt number, oldest first. */
export class OriginSession {
  /** Its number for other viewers. */
  readonly peer: number;
  readonly #links = new Map<number, OriginLink>();
  #send: SendSignal | undefined;

  constructor(peer: number) {
    this.peer = peer;
  }

  /** Nobody to talk to and nothing to keep. */
  get idle(): boolean {
    return this.#send === undefined && this.#links.size === 0;
  }

  get links(): OriginLink[] {
    return Array.from(this.#links.values());
  }

  /** The newest open link. */
  get open(): OriginLink | undefined {
    return this.links.findLast((link) => link.state === "open");
  }

  join(send: SendSignal): void {
    this.#send = send;
  }

  leave(send: SendSignal): void {
    if (this.#send === send) this.#send = undefined;
  }

  send(message: ServerSignal): void {
    this.#send?.(message);
  }

  link(attempt: number): OriginLink | undefined {
    return this.#links.get(attempt);
  }

  /** The oldest link makes room for a third. */
  add(attempt: number, link: OriginLink): void {
    const [oldest] = this.links;
    if (this.#links.size >= MAX_LINKS) oldest?.close();
    this.#links.set(attempt, link);
  }

  /** Only if it is still this one. */
  remove(attempt: number, link: OriginLink): void {
    if (this.#links.get(attempt) === link) this.#links.delete(attempt);
  }
}
