import type { Readable, Writable } from "node:stream";

interface Message {
  readonly id?: number;
  readonly method?: string;
  readonly params?: unknown;
  readonly result?: unknown;
  readonly error?: { readonly message: string };
}

/**
 * Chromium's debugging protocol over its two pipes (`--remote-debugging-pipe`: JSON texts, each ended by a zero byte), which reach a
 * browser in any namespace. The browser hears no command but ours.
 */
export class DevTools {
  readonly #pipe: Pipe;
  readonly #sessionId: string | undefined;

  private constructor(pipe: Pipe, sessionId?: string) {
    this.#pipe = pipe;
    this.#sessionId = sessionId;
  }

  /** A conversation with the browser itself. */
  static over(toBrowser: Writable, fromBrowser: Readable): DevTools {
    return new DevTools(new Pipe(toBrowser, fromBrowser));
  }

  /** A conversation with one of its targets. */
  async attach(targetId: string): Promise<DevTools> {
    const { sessionId } = await this.call<{ sessionId: string }>("Target.attachToTarget", { targetId, flatten: true });
    return new DevTools(this.#pipe, sessionId);
  }

  /** Rejects with the browser's own words. */
  call<T>(method: string, params: object = {}): Promise<T> {
    return this.#pipe.call(method, params, this.#sessionId) as Promise<T>;
  }

  /** The parameters of the first such event to come for which `fits` holds. */
  event<T>(method: string, fits: (params: T) => boolean): Promise<T> {
    return this.#pipe.event(method, fits as (params: unknown) => boolean) as Promise<T>;
  }
}

class Pipe {
  readonly #out: Writable;
  readonly #waiting = new Map<number, (message: Message) => void>();
  readonly #listeners = new Set<(message: Message) => void>();
  #text = "";
  #id = 0;

  constructor(out: Writable, input: Readable) {
    this.#out = out;
    input.setEncoding("utf8").on("data", (text: string) => {
      const parts = (this.#text + text).split("\0");
      this.#text = parts.pop() ?? "";
      for (const part of parts) this.#take(JSON.parse(part) as Message);
    });
  }

  call(method: string, params: object, sessionId: string | undefined): Promise<unknown> {
    this.#id += 1;
    this.#out.write(`${JSON.stringify({ id: this.#id, method, params, sessionId })}\0`);
    return new Promise((resolve, reject) => {
      this.#waiting.set(this.#id, ({ result, error }) => {
        if (error) reject(new Error(`${method}: ${error.message}`));
        else resolve(result);
      });
    });
  }

  event(method: string, fits: (params: unknown) => boolean): Promise<unknown> {
    return new Promise((resolve) => {
      const listener = (message: Message): void => {
        if (message.method !== method || !fits(message.params)) return;
        this.#listeners.delete(listener);
        resolve(message.params);
      };
      this.#listeners.add(listener);
    });
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
