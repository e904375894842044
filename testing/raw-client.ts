import { once } from "node:events";
import { connect, type Socket } from "node:net";

/** One TCP connection of a client that says exactly what the test says. Text is latin1: a character for each byte. */
export class RawClient {
  readonly socket: Socket;
  /** Resolves with how the connection ended. */
  readonly closed: Promise<"clean" | "reset">;
  #received = "";
  #isClosed = false;
  readonly #waiting = new Set<() => void>();

  /** Connects to loopback and sends `text` at once. */
  static async open(port: number, text = ""): Promise<RawClient> {
    const socket = connect({ port, host: "127.0.0.1", noDelay: true });
    await once(socket, "connect");
    const client = new RawClient(socket);
    client.send(text);
    return client;
  }

  private constructor(socket: Socket) {
    this.socket = socket;
    let end: "clean" | "reset" = "clean";
    socket.on("error", () => {
      end = "reset";
    });
    socket.on("data", (chunk: Buffer) => this.#take(chunk));
    this.closed = new Promise((resolve) => {
      socket.once("close", () => {
        this.#isClosed = true;
        this.#wake();
        resolve(end);
      });
    });
  }

  /** All that came so far. */
  get received(): string {
    return this.#received;
  }

  send(text: string | Buffer): void {
    if (text.length > 0) this.socket.write(typeof text === "string" ? Buffer.from(text, "latin1") : text);
  }

  /** Waits until what came matches; throws if the connection closes before it does. */
  async until(pattern: RegExp | string): Promise<string> {
    const matches = () =>
      typeof pattern === "string" ? this.#received.includes(pattern) : pattern.test(this.#received);
    while (!matches()) {
      if (this.#isClosed) throw new Error(`closed before ${pattern}, after ${JSON.stringify(this.#received)}`);
      await new Promise<void>((resolve) => this.#waiting.add(resolve));
    }
    return this.#received;
  }

  /** Waits for the end of the connection and gives all that came. */
  async whole(): Promise<string> {
    await this.closed;
    return this.#received;
  }

  /** Ends with a TCP reset. */
  reset(): void {
    this.socket.resetAndDestroy();
  }

  #take(chunk: Buffer): void {
    this.#received += chunk.toString("latin1");
    this.#wake();
  }

  #wake(): void {
    for (const wake of this.#waiting) wake();
    this.#waiting.clear();
  }
}

/** Sends one request text on a connection of its own and gives all that came until it closed. */
export async function askRaw(port: number, text: string): Promise<string> {
  const client = await RawClient.open(port, text);
  return client.whole();
}
