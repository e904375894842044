import type { IncomingMessage } from "node:http";
import type { Duplex } from "node:stream";
import { type RawData, type WebSocket, WebSocketServer } from "ws";
import type { Clock } from "../../peer/clock.ts";
import { MAX_SIGNAL_BYTES } from "../../protocol/limits.ts";
import { Conversation, type SignalFault } from "./conversation.ts";
import { MAX_UNSENT_BYTES, PING_MS } from "./limits.ts";
import type { Caller, TransportPorts } from "./transport-ports.ts";

/** The WebSocket way to signal: one conversation for each socket. */
export class WebSocketSignalling {
  readonly #server = new WebSocketServer({ noServer: true, perMessageDeflate: false, maxPayload: MAX_SIGNAL_BYTES });
  readonly #ports: TransportPorts;

  constructor(ports: TransportPorts) {
    this.#ports = ports;
  }

  get size(): number {
    return this.#server.clients.size;
  }

  upgrade(req: IncomingMessage, socket: Duplex, head: Buffer, caller: Caller): void {
    this.#server.handleUpgrade(req, socket, head, (webSocket) => this.#onSocket(webSocket, caller));
  }

  close(): void {
    for (const webSocket of this.#server.clients) webSocket.close(1001, "closing");
    this.#server.close();
  }

  /** What did not go by itself, after {@link close}. */
  terminate(): void {
    for (const webSocket of this.#server.clients) webSocket.terminate();
  }

  #onSocket(webSocket: WebSocket, caller: Caller): void {
    const { clock, onFault } = this.#ports;
    const conversation = new Conversation({
      ...this.#ports,
      ...caller,
      send: (message) => sendText(webSocket, JSON.stringify(message), onFault),
      close: ({ code, why }) => webSocket.close(code, why),
    });
    const stopPings = keepAlive(webSocket, clock);
    webSocket.on("message", (data, isBinary) => {
      if (isBinary) onFault("signal-malformed");
      else conversation.onText(asText(data));
    });
    webSocket.on("error", (error) => onFault(isTooLarge(error) ? "signal-too-large" : "signal-malformed"));
    webSocket.on("close", () => {
      stopPings();
      conversation.end();
    });
  }
}

/** A socket whose reader is gone or stuck must not hold our memory. */
function sendText(webSocket: WebSocket, text: string, onFault: (fault: SignalFault) => void): void {
  if (webSocket.bufferedAmount + text.length > MAX_UNSENT_BYTES) {
    onFault("signal-slow");
    webSocket.terminate();
    return;
  }
  webSocket.send(text, () => undefined);
}

/** Pings so that no tunnel thinks the socket idle, and drops one that has not answered by the next ping. */
function keepAlive(webSocket: WebSocket, clock: Clock): () => void {
  let answered = true;
  let cancel = () => {};
  webSocket.on("pong", () => {
    answered = true;
  });
  const tick = () => {
    if (!answered) {
      webSocket.terminate();
      return;
    }
    answered = false;
    webSocket.ping(() => undefined);
    cancel = clock.after(PING_MS, tick);
  };
  cancel = clock.after(PING_MS, tick);
  return () => cancel();
}

function asText(data: RawData): string {
  return data.toString();
}

function isTooLarge(error: Error): boolean {
  return "code" in error && error.code === "WS_ERR_UNSUPPORTED_MESSAGE_LENGTH";
}
