import type { Channel, ChannelEvents } from "../../peer/channel.ts";
import type { Clock } from "../../peer/clock.ts";
import type { FromLinkWorker } from "../worker-port.ts";

/** An attempt that has no open channel by then is given up; real ones take two to ten round trips. */
const CONNECT_MS = 6_000;

/** Makes the channel once its owner's events are known. */
export type MakeChannel = (events: ChannelEvents, onOpen: () => void) => Channel;

/** What an attempt needs, and whom it tells. */
export interface AttemptPorts {
  readonly clock: Clock;
  tellPage(message: FromLinkWorker): void;
  /** The channel is open; the answer hears everything that comes on it. */
  onOpen(channel: Channel): ChannelEvents;
  /** Once, unless its owner closed it: it failed, or the link it became was lost. */
  onOver(why: string): void;
}

/** One attempt at a link, from the order to the page until the link it became is lost. */
export class Attempt {
  readonly link: number;
  readonly number: number;
  readonly #ports: AttemptPorts;
  #channel: Channel | undefined;
  #events: ChannelEvents | undefined;
  #over = false;
  readonly #cancelTimer: () => void;

  /** `offer`: the other side's, to be answered; undefined: ours is to be made. */
  constructor(link: number, number: number, offer: string | undefined, ports: AttemptPorts) {
    this.link = link;
    this.number = number;
    this.#ports = ports;
    const about = { link, attempt: number };
    ports.tellPage(offer === undefined ? { type: "connect", ...about } : { type: "accept", ...about, sdp: offer });
    this.#cancelTimer = ports.clock.after(CONNECT_MS, () =>
      this.fail("no direct path to the server was found (is UDP blocked?)"),
    );
  }

  get isOpen(): boolean {
    return this.wasOpen && !this.#over;
  }

  /** It is or was a link. */
  get wasOpen(): boolean {
    return this.#events !== undefined;
  }

  /** The page has a channel. */
  useChannel(make: MakeChannel): void {
    if (this.#over || this.#channel) return;
    const opened = (): void => {
      if (this.#over || this.#events) return;
      this.#cancelTimer();
      this.#events = this.#ports.onOpen(channel);
    };
    const channel = make(
      {
        onMessage: (bytes) => this.#events?.onMessage(bytes),
        onClose: () => this.fail("the direct link was lost"),
      },
      opened,
    );
    this.#channel = channel;
  }

  answer(sdp: string): void {
    this.#tell({ type: "answer", sdp });
  }

  candidate(candidate: string, mid: string): void {
    this.#tell({ type: "candidate", candidate, mid });
  }

  /** It is over, and its owner hears of it. */
  fail(why: string): void {
    if (this.#over) return;
    this.close();
    this.#ports.onOver(why);
  }

  /** Ends it without a word to its owner. */
  close(): void {
    if (this.#over) return;
    this.#over = true;
    this.#cancelTimer();
    this.#events?.onClose();
    this.#channel?.close();
    this.#tell({ type: "disconnect" });
  }

  #tell(
    message:
      | { type: "answer"; sdp: string }
      | { type: "candidate"; candidate: string; mid: string }
      | { type: "disconnect" },
  ): void {
    this.#ports.tellPage({ ...message, link: this.link, attempt: this.number });
  }
}
