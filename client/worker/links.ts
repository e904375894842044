import type { Channel, ChannelEvents } from "../../peer/channel.ts";
import type { ClientSignal } from "../../protocol/client-signal.ts";
import { ORIGIN_PEER, type SessionId } from "../../protocol/ids.ts";
import type { ServerSignal } from "../../protocol/signal.ts";
import { clock } from "../clock.ts";
import type { FromLinkWorker, ToLinkWorker } from "../worker-port.ts";
import type { MakeChannel } from "./attempt.ts";
import { dataChannel, portChannel } from "./channels.ts";
import { OriginLink } from "./origin-link.ts";
import { Signalling } from "./signalling.ts";
import { ViewerLinks } from "./viewer-links.ts";

/** What happens on the links. Each `on…Open` answers who hears everything that comes on that link. */
export interface LinksEvents {
  tellPage(message: FromLinkWorker): void;
  onOriginOpen(channel: Channel): ChannelEvents;
  /** The origin's link, or an attempt at it, was lost; `why` in words. */
  onOriginLost(why: string): void;
  onViewerOpen(peer: number, channel: Channel): ChannelEvents;
  onViewerLost(peer: number): void;
  /** The planner knows us by this number (again). With another one than before, every viewer's link is gone. */
  onWelcome(self: number): void;
  onAssign(assignment: Extract<ServerSignal, { type: "assign" }>): void;
}

/** What the page says about one attempt at one link. */
type AboutLink = Exclude<ToLinkWorker, { type: "start" | "means" | "sw-port" | "stop" }>;

/** All links of this browser and the signalling that makes them. */
export class Links {
  readonly #events: LinksEvents;
  readonly #signalling: Signalling;
  readonly #origin: OriginLink;
  #self = 0;
  #viewers: ViewerLinks | undefined;

  /** `byEvents`: see Signalling. */
  constructor(base: string, session: SessionId, byEvents: boolean, events: LinksEvents) {
    this.#events = events;
    this.#signalling = new Signalling(base, session, byEvents, {
      onOpen: (byEvents) => {
        events.tellPage({ type: "signalling", byEvents });
        this.#origin.onSignalling();
      },
      onSignal: (signal) => this.#onSignal(signal),
      onLost: () => this.#origin.onSignallingLost(),
    });
    this.#origin = new OriginLink({
      clock,
      random: Math.random,
      tellPage: events.tellPage,
      send: (signal) => this.send(signal),
      onOpen: (channel) => events.onOriginOpen(channel),
      onLost: (why) => events.onOriginLost(why),
    });
  }

  /** To the planner. */
  send(signal: ClientSignal): void {
    this.#signalling.send(signal);
  }

  /** The other viewers to have links to. */
  want(peers: ReadonlySet<number>): void {
    this.#viewers?.want(peers);
  }

  /** No link to this viewer any more. */
  ban(peer: number): void {
    this.#viewers?.ban(peer);
  }

  onPage(message: AboutLink): void {
    switch (message.type) {
      case "channel":
        return this.#use(message, (events, onOpen) => dataChannel(message.channel, events, onOpen));
      case "channel-port":
        return this.#use(message, (events, onOpen) => portChannel(message.port, events, onOpen));
      default:
        if (message.link === ORIGIN_PEER) this.#origin.onPage(message);
        else this.#viewers?.get(message.link)?.onPage(message);
    }
  }

  close(): void {
    this.#origin.close();
    this.#viewers?.close();
    this.#signalling.stop();
  }

  #use(about: { readonly link: number; readonly attempt: number }, make: MakeChannel): void {
    if (about.link === ORIGIN_PEER) this.#origin.useChannel(about.attempt, make);
    else this.#viewers?.get(about.link)?.useChannel(about.attempt, make);
  }

  #onSignal(signal: ServerSignal): void {
    switch (signal.type) {
      case "answer":
      case "candidate":
      case "refused":
        return this.#origin.onSignal(signal);
      case "welcome":
        return this.#welcomed(signal.peer);
      case "assign":
        return this.#events.onAssign(signal);
      case "peer":
        return this.#viewers?.onMessage(signal.from, signal.message);
      case "pong":
        return;
    }
  }

  #welcomed(self: number): void {
    if (self !== this.#self) {
      if (this.#self !== 0) this.#origin.renew();
      this.#self = self;
      this.#viewers?.close();
      this.#viewers = new ViewerLinks(self, {
        clock,
        random: Math.random,
        tellPage: this.#events.tellPage,
        send: (signal) => this.send(signal),
        onOpen: (peer, channel) => this.#events.onViewerOpen(peer, channel),
        onLost: (peer) => this.#events.onViewerLost(peer),
      });
    }
    this.#events.onWelcome(self);
  }
}
