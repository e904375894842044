import WebSocket from "ws";

interface Message {
  readonly id?: number;
  readonly method?: string;
  readonly params?: unknown;
  readonly result?: unknown;
  readonly error?: { readonly message: string };
}

/** A conversation with one target of a browser, which hears no command but ours. */
export class DevTools {
  readonly #socket: WebSocket;
  readonly #waiting = new Map<number, (message: Message) => void>();
  readonly #listeners = new Set<(message: Message) => void>();
  #id = 0;

  private constructor(socket: WebSocket) {
    this.#socket = socket;
    socket.on("message", (data) => this.#take(JSON.parse(String(data)) as Message));
  }

  static async open(url: string): Promise<DevTools> {
    const socket = new WebSocket(url, { perMessageDeflate: false, maxPayload: 0 });
    await new Promise((resolve, reject) => socket.once("open", resolve).once("error", reject));
    return new DevTools(socket);
  }

  /** Rejects with the browser's own words. */
  call<T>(method: string, params: object = {}): Promise<T> {
    this.#id += 1;
    this.#socket.send(JSON.stringify({ id: this.#id, method, params }));
    return new Promise((resolve, reject) => {
      this.#waiting.set(this.#id, ({ result, error }) => {
        if (error) reject(new Error(`${method}: ${error.message}`));
        else resolve(result as T);
      });
    });
  }

  /** The parameters of the first such event to come for which `fits` holds. */
  event<T>(method: string, fits: (params: T) => boolean): Promise<T> {
    return new Promise((resolve) => {
      const listener = (message: Message): void => {
        if (message.method !== method || !fits(message.params as T)) return;
        this.#listeners.delete(listener);
        resolve(message.params as T);
      };
      this.#listeners.add(listener);
    });
  }

  close(): void {
    this.#socket.close();
  }

  #take(message: Message): void {
    if (message.id === undefined) {
      for (const listener of [...this.#listeners]) listener(message);
      return;
    }
    this.#waiting.get(message.id)?.(message);
    this.#waiting.delete(message.id);
  }
}
