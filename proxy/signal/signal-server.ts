import type { IncomingMessage, ServerResponse } from "node:http";
import type { Duplex } from "node:stream";
import type { Clock } from "../../peer/clock.ts";
import { SIGNAL_EVENTS_PATH, SIGNAL_MESSAGES_PATH, SIGNAL_PATH } from "../../protocol/paths.ts";
import { TrustedPeers } from "../core/trusted-peers.ts";
import { callerAddress } from "./caller-address.ts";
import type { SignalFault } from "./conversation.ts";
import { EventStreamSignalling } from "./event-stream.ts";
import { MAX_CONVERSATIONS, type NetworkLimits } from "./limits.ts";
import { Networks } from "./networks.ts";
import { isOwnOrigin } from "./origin-check.ts";
import { answer, answerUpgrade } from "./plain-answer.ts";
import type { SignalSessions } from "./sessions.ts";
import type { Caller } from "./transport-ports.ts";
import { WebSocketSignalling } from "./web-socket.ts";

export interface SignalServerOptions {
  readonly sessions: SignalSessions;
  readonly clock: Clock;
  /** Counts what strangers did wrong. */
  readonly onFault: (fault: SignalFault) => void;
  /** `https://host[:port]` of the site, for requests whose Host is not the one pages see. */
  readonly publicOrigin?: string;
  /** Proxies in front of us whose X-Forwarded-For is believed, as addresses or blocks. */
  readonly trustedProxies?: readonly string[];
  /** What one network may have; default: see limits.ts. */
  readonly networkLimits?: NetworkLimits;
}

/** Signalling on the public HTTP server: the two functions take what is theirs and leave everything else alone. */
export interface SignalServer {
  /** True if the request was signalling and is answered. */
  own(req: IncomingMessage, res: ServerResponse): boolean;
  /** As {@link own}, for a request to upgrade; `head` are bytes that came after it. */
  ownUpgrade(req: IncomingMessage, socket: Duplex, head: Buffer): boolean;
  /** Conversations now. */
  readonly size: number;
  /** Says goodbye to every client. */
  close(): void;
}

export function createSignalServer(options: SignalServerOptions): SignalServer {
  return new PublicSignalServer(options);
}

class PublicSignalServer implements SignalServer {
  readonly #options: SignalServerOptions;
  readonly #trusted: TrustedPeers;
  readonly #networks: Networks;
  readonly #webSockets: WebSocketSignalling;
  readonly #eventStreams: EventStreamSignalling;

  constructor(options: SignalServerOptions) {
    this.#options = options;
    const { sessions, clock, onFault, trustedProxies = [], networkLimits } = options;
    this.#trusted = new TrustedPeers(trustedProxies);
    this.#networks = new Networks(clock, networkLimits);
    const ports = { sessions, clock, onFault };
    this.#webSockets = new WebSocketSignalling(ports);
    this.#eventStreams = new EventStreamSignalling(ports);
  }

  get size(): number {
    return this.#webSockets.size + this.#eventStreams.size;
  }

  own(req: IncomingMessage, res: ServerResponse): boolean {
    const { path, channel } = split(req.url ?? "");
    if (path === SIGNAL_PATH) answer(res, 426, "this is a WebSocket");
    else if (path === SIGNAL_EVENTS_PATH) this.#open(req, res, channel);
    else if (path === SIGNAL_MESSAGES_PATH) this.#receive(req, res, channel);
    else return false;
    return true;
  }

  ownUpgrade(req: IncomingMessage, socket: Duplex, head: Buffer): boolean {
    if (split(req.url ?? "").path !== SIGNAL_PATH) return false;
    const caller = this.#isOwn(req, false) ? this.#enter(req, socket) : "foreign";
    if (caller === "foreign") answerUpgrade(socket, "403 Forbidden", FOREIGN);
    else if (caller === "full") answerUpgrade(socket, "503 Service Unavailable", FULL);
    else this.#webSockets.upgrade(req, socket, head, caller);
    return true;
  }

  close(): void {
    this.#webSockets.close();
    this.#eventStreams.close();
    this.#options.clock.after(CLOSING_MS, () => this.#webSockets.terminate());
  }

  /** Browsers send no Origin with a GET of the same site, and let no other site read the answer. */
  #open(req: IncomingMessage, res: ServerResponse, channel: string | undefined): void {
    const caller = this.#isOwn(req, true) ? this.#enter(req, res) : "foreign";
    if (caller === "foreign") answer(res, 403, FOREIGN);
    else if (caller === "full") answer(res, 503, FULL);
    else this.#eventStreams.open(req, res, channel, caller);
  }

  #receive(req: IncomingMessage, res: ServerResponse, channel: string | undefined): void {
    if (this.#isOwn(req, false)) this.#eventStreams.receive(req, res, channel);
    else answer(res, 403, FOREIGN);
  }

  #isOwn(req: IncomingMessage, absent: boolean): boolean {
    const own = isOwnOrigin(req, this.#options.publicOrigin, absent);
    if (!own) this.#options.onFault("signal-origin");
    return own;
  }

  /** One more conversation, as long as `life` is open. */
  #enter(req: IncomingMessage, life: Duplex | ServerResponse): Caller | "full" {
    if (this.size >= MAX_CONVERSATIONS) return this.#full("signal-too-many");
    const address = callerAddress(req, this.#trusted);
    const network = this.#networks.enter(address);
    if (network === undefined) return this.#full("signal-network-full");
    life.once("close", () => network.leave());
    return { address, network };
  }

  #full(fault: SignalFault): "full" {
    this.#options.onFault(fault);
    return "full";
  }
}

/** What a client has to answer our close. */
const CLOSING_MS = 1_000;
const FOREIGN = "signalling is for this site's own pages; set --public-url if it is one";
const FULL = "too many clients; try again later";

function split(url: string): { path: string; channel: string | undefined } {
  const [path = "", query = ""] = url.split("?", 2);
  return { path, channel: new URLSearchParams(query).get("channel") ?? undefined };
}
