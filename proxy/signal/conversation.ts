import type { Clock } from "../../peer/clock.ts";
import { TokenBucket } from "../../peer/token-bucket.ts";
import { type ClientSignal, parseClientSignal, parseClientSignals } from "../../protocol/client-signal.ts";
import type { SessionId } from "../../protocol/ids.ts";
import { SIGNAL_BURST, SIGNAL_RATE_PER_S } from "../../protocol/limits.ts";
import type { ServerSignal } from "../../protocol/signal.ts";
import { PROTOCOL_VERSION } from "../../protocol/version.ts";
import type { NetworkVisit } from "./networks.ts";
import type { SendSignal, SignalSessions } from "./sessions.ts";

/** What strangers did wrong on signalling; each is dropped or ends the conversation. */
export type SignalFault =
  | "signal-malformed"
  | "signal-flood"
  | "signal-network-flood"
  | "signal-network-full"
  | "signal-version"
  | "signal-no-hello"
  | "signal-origin"
  | "signal-slow"
  | "signal-too-large"
  | "signal-too-many";

/** Why a conversation was ended by us: a WebSocket close code and one sentence. */
export interface Goodbye {
  readonly code: 4400 | 4408 | 4429;
  readonly why: string;
}

/** What a conversation runs on. */
export interface ConversationPorts {
  readonly sessions: SignalSessions;
  readonly clock: Clock;
  readonly onFault: (fault: SignalFault) => void;
  /** The public address the client calls from, where that can be told. */
  readonly address: string | undefined;
  /** What the network it calls from may still send. */
  readonly network: Pick<NetworkVisit, "take">;
  /** Hands a message to the transport. */
  readonly send: (message: ServerSignal) => void;
  /** Ends the transport; called at most once. */
  readonly close: (goodbye: Goodbye) => void;
}

/** Longer than any honest page needs between opening the socket and its first message. */
const HELLO_MS = 10_000;

/** One client talking to us over one transport, from its hello on; the same rules for WebSocket and for SSE + POST. */
export class Conversation {
  readonly #ports: ConversationPorts;
  readonly #bucket: TokenBucket;
  readonly #send: SendSignal;
  readonly #cancelHelloTimer: () => void;
  #session: SessionId | undefined;
  #ended = false;

  constructor(ports: ConversationPorts) {
    this.#ports = ports;
    this.#bucket = new TokenBucket(SIGNAL_RATE_PER_S, SIGNAL_BURST, ports.clock.nowMs());
    this.#send = (message) => {
      if (!this.#ended) ports.send(message);
    };
    this.#cancelHelloTimer = ports.clock.after(HELLO_MS, () => this.#close({ code: 4408, why: "no hello came" }));
  }

  /** One message as text. Returns why the conversation ended, if it did. */
  onText(text: string): Goodbye | undefined {
    const outcome = this.#onParsed(text, parseClientSignal(text));
    return outcome === "malformed" ? undefined : outcome;
  }

  /** A POST's body: an array of messages. As {@link onText}, or "malformed" if it is none and nothing of it was done. */
  onBatch(text: string): Goodbye | "malformed" | undefined {
    const messages = parseClientSignals(text);
    if (messages === undefined) return this.#onParsed(text, undefined);
    for (const message of messages) {
      const goodbye = this.#onParsed(text, message);
      if (goodbye !== undefined) return goodbye;
    }
    return undefined;
  }

  /** The transport is gone; safe to call twice. */
  end(): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#cancelHelloTimer();
    if (this.#session !== undefined) this.#ports.sessions.leave(this.#session, this.#send);
  }

  #onParsed(text: string, message: ClientSignal | undefined): Goodbye | "malformed" | undefined {
    if (this.#ended) return undefined;
    if (!this.#bucket.take(this.#ports.clock.nowMs())) return this.#fault("signal-flood", TOO_MANY);
    if (!this.#ports.network.take()) {
      // Lost rather than the end: it may be a neighbour's doing.
      this.#ports.onFault("signal-network-flood");
      return undefined;
    }
    if (message !== undefined) return this.#onMessage(message);
    if (isOtherVersion(text)) return this.#fault("signal-version", OTHER_VERSION);
    this.#ports.onFault("signal-malformed");
    return "malformed";
  }

  #onMessage(message: ClientSignal): Goodbye | undefined {
    if (message.type === "hello") return this.#onHello(message.session);
    if (this.#session === undefined) return this.#fault("signal-no-hello", HELLO_FIRST);
    if (message.type === "ping") this.#send({ type: "pong" });
    else this.#ports.sessions.signal(this.#session, message);
    return undefined;
  }

  #onHello(session: SessionId): Goodbye | undefined {
    if (this.#session !== undefined && this.#session !== session) return this.#fault("signal-malformed", ONE_SESSION);
    this.#session = session;
    this.#cancelHelloTimer();
    const peer = this.#ports.sessions.join(session, this.#send, this.#ports.address);
    this.#send({ type: "welcome", v: PROTOCOL_VERSION, peer });
    return undefined;
  }

  #fault(fault: SignalFault, goodbye: Goodbye): Goodbye {
    this.#ports.onFault(fault);
    this.#close(goodbye);
    return goodbye;
  }

  #close(goodbye: Goodbye): void {
    if (this.#ended) return;
    this.end();
    this.#ports.close(goodbye);
  }
}

const TOO_MANY: Goodbye = { code: 4429, why: "too many messages" };
const HELLO_FIRST: Goodbye = { code: 4400, why: "the first message must be hello" };
const ONE_SESSION: Goodbye = { code: 4400, why: "a connection speaks for one session" };
const OTHER_VERSION: Goodbye = {
  code: 4400,
  why: `this server speaks version ${PROTOCOL_VERSION} of Tuber's protocol; reload the page`,
};

/** A hello that is none to us because it speaks another version deserves an answer that says so. */
function isOtherVersion(text: string): boolean {
  try {
    const value: unknown = JSON.parse(text);
    return Array.isArray(value) ? value.some(isOtherHello) : isOtherHello(value);
  } catch {
    return false;
  }
}

function isOtherHello(message: unknown): boolean {
  if (typeof message !== "object" || message === null) return false;
  const { type, v } = message as { type?: unknown; v?: unknown };
  return type === "hello" && typeof v === "number" && v !== PROTOCOL_VERSION;
}
