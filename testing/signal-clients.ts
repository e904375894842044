import { randomBytes } from "node:crypto";
import WebSocket from "ws";

/** A signalling client of a test: bytes as they come, no opinion about them. */
export interface TestSignalClient {
  /** Sends these messages as they are, whatever they are: each one a WebSocket message, or all one POST. */
  send(...messages: string[]): Promise<void>;
  /** The next message's text. */
  next(): Promise<string>;
  /** Resolves when the connection is over, with what the server said about it. */
  readonly closed: Promise<{ readonly code: number; readonly why: string }>;
  close(): void;
}

/** Opens a WebSocket; rejects with an Error whose message is the HTTP status and body if there is none. */
export async function openWebSocket(url: string, headers: Record<string, string>): Promise<TestSignalClient> {
  const socket = new WebSocket(url.replace(/^http/, "ws"), { headers });
  const inbox = new Inbox();
  socket.on("message", (data) => inbox.push(String(data)));
  const closed = new Promise<{ code: number; why: string }>((done) => {
    socket.on("close", (code, why) => done({ code, why: String(why) }));
  });
  await new Promise<void>((done, fail) => {
    socket.once("open", done);
    socket.once("error", fail);
    socket.once("unexpected-response", (_, res) => {
      res.setEncoding("utf8").once("data", (body) => fail(new Error(`${res.statusCode} ${body}`)));
    });
  });
  return {
    send: async (...messages) => {
      for (const message of messages) socket.send(message);
    },
    next: () => inbox.next(),
    closed,
    close: () => socket.terminate(),
  };
}

/** Opens an event stream at `${url}/events`; its POSTs go to `${url}/messages`. Rejects like {@link openWebSocket}. */
export async function openEventStream(url: string, headers: Record<string, string>): Promise<TestSignalClient> {
  const channel = randomBytes(16).toString("hex");
  const abort = new AbortController();
  const res = await fetch(`${url}/events?channel=${channel}`, { headers, signal: abort.signal });
  if (res.status !== 200 || res.body === null) throw new Error(`${res.status} ${await res.text()}`);
  const inbox = new Inbox();
  const closed = readEvents(res.body, inbox).catch(() => ({ code: 1006, why: "" }));
  return {
    send: async (...messages) => {
      const body = `[${messages.join(",")}]`;
      await (await fetch(`${url}/messages?channel=${channel}`, { method: "POST", headers, body })).arrayBuffer();
    },
    next: () => inbox.next(),
    closed,
    close: () => abort.abort(),
  };
}

async function readEvents(body: ReadableStream<Uint8Array>, inbox: Inbox): Promise<{ code: number; why: string }> {
  let text = "";
  let goodbye = { code: 1005, why: "" };
  const decoder = new TextDecoder();
  for await (const part of body) {
    const events = (text + decoder.decode(part, { stream: true })).split("\n\n");
    text = events.pop() ?? "";
    for (const event of events) {
      const data = /^data: (.*)$/m.exec(event)?.[1];
      if (data === undefined) continue;
      if (event.startsWith("event: goodbye")) goodbye = JSON.parse(data);
      else inbox.push(data);
    }
  }
  return goodbye;
}

class Inbox {
  readonly #messages: string[] = [];
  readonly #readers: ((text: string) => void)[] = [];

  push(text: string): void {
    const reader = this.#readers.shift();
    if (reader === undefined) this.#messages.push(text);
    else reader(text);
  }

  next(): Promise<string> {
    const message = this.#messages.shift();
    return message === undefined ? new Promise((done) => this.#readers.push(done)) : Promise.resolve(message);
  }
}
