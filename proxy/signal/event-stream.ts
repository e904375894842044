import type { IncomingMessage, ServerResponse } from "node:http";
import { MAX_SIGNAL_BYTES } from "../../protocol/limits.ts";
import { Conversation } from "./conversation.ts";
import { MAX_UNSENT_BYTES, PING_MS, POST_BODY_MS } from "./limits.ts";
import { answer } from "./plain-answer.ts";
import type { Caller, TransportPorts } from "./transport-ports.ts";

const CHANNEL = /^[0-9a-f]{32}$/;
const STREAM_HEADERS = {
  "content-type": "text/event-stream",
  "cache-control": "no-store, no-transform",
  "x-accel-buffering": "no",
};

interface OpenStream {
  readonly res: ServerResponse;
  readonly conversation: Conversation;
}

/**
 * The way to signal where WebSocket is blocked: the server's messages as an event stream, the client's as POSTs that name the same
 * random channel.
 */
export class EventStreamSignalling {
  readonly #ports: TransportPorts;
  readonly #streams = new Map<string, OpenStream>();

  constructor(ports: TransportPorts) {
    this.#ports = ports;
  }

  get size(): number {
    return this.#streams.size;
  }

  /** `GET …/events?channel=…`: the stream stays open until either side ends it. */
  open(req: IncomingMessage, res: ServerResponse, channel: string | undefined, caller: Caller): void {
    if (req.method !== "GET") answer(res, 405, "events are fetched with GET");
    else if (channel === undefined || !CHANNEL.test(channel)) answer(res, 400, "channel must be 32 hex digits");
    else this.#start(res, channel, caller);
  }

  /** `POST …/messages?channel=…`: an array of messages, answered 204 once they are done. */
  receive(req: IncomingMessage, res: ServerResponse, channel: string | undefined): void {
    const conversation = this.#streams.get(channel ?? "")?.conversation;
    if (req.method !== "POST") answer(res, 405, "messages are sent with POST");
    else if (conversation === undefined) answer(res, 404, "no event stream is open on this channel");
    else this.#readBody(req, res, (text) => answerBatch(res, conversation.onBatch(text)));
  }

  close(): void {
    for (const { res } of this.#streams.values()) res.end();
  }

  #start(res: ServerResponse, channel: string, caller: Caller): void {
    this.#streams.get(channel)?.res.end();
    res.writeHead(200, STREAM_HEADERS);
    res.write(":\n\n");
    const stream = { res, conversation: this.#converse(res, caller) };
    this.#streams.set(channel, stream);
    const stopPings = this.#keepAlive(res);
    res.on("error", () => undefined);
    res.once("close", () => {
      stopPings();
      stream.conversation.end();
      if (this.#streams.get(channel) === stream) this.#streams.delete(channel);
    });
  }

  #converse(res: ServerResponse, caller: Caller): Conversation {
    return new Conversation({
      ...this.#ports,
      ...caller,
      send: (message) => this.#write(res, `data: ${JSON.stringify(message)}\n\n`),
      close: (goodbye) => res.end(`event: goodbye\ndata: ${JSON.stringify(goodbye)}\n\n`),
    });
  }

  #write(res: ServerResponse, text: string): void {
    if (res.writableEnded || res.destroyed) return;
    if (res.writableLength + text.length > MAX_UNSENT_BYTES) {
      this.#ports.onFault("signal-slow");
      res.destroy();
      return;
    }
    res.write(text);
  }

  #keepAlive(res: ServerResponse): () => void {
    let cancel = () => {};
    const tick = () => {
      this.#write(res, ":\n\n");
      cancel = this.#ports.clock.after(PING_MS, tick);
    };
    cancel = this.#ports.clock.after(PING_MS, tick);
    return () => cancel();
  }

  /** Calls `done` with the whole body, or answers 413 or 408 by itself; a client that goes away is forgotten. */
  #readBody(req: IncomingMessage, res: ServerResponse, done: (text: string) => void): void {
    const parts: Buffer[] = [];
    let bytes = 0;
    const stop = (status: number, why: string) => {
      cancel();
      req.removeAllListeners("data");
      req.removeAllListeners("end");
      answer(res, status, why);
      req.resume();
    };
    const cancel = this.#ports.clock.after(POST_BODY_MS, () => stop(408, "the body did not come in time"));
    req.on("data", (part: Buffer) => {
      bytes += part.length;
      parts.push(part);
      if (bytes <= MAX_SIGNAL_BYTES) return;
      this.#ports.onFault("signal-too-large");
      stop(413, `a body may have ${MAX_SIGNAL_BYTES} bytes`);
    });
    req.once("end", () => {
      cancel();
      done(Buffer.concat(parts).toString());
    });
    req.on("error", cancel);
    req.once("close", cancel);
  }
}

function answerBatch(res: ServerResponse, outcome: ReturnType<Conversation["onBatch"]>): void {
  if (outcome === undefined) res.writeHead(204, { "cache-control": "no-store" }).end();
  else if (outcome === "malformed") answer(res, 400, "the body must be an array of up to 64 signalling messages");
  else answer(res, outcome.code === 4429 ? 429 : 400, outcome.why);
}
