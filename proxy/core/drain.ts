import type { Server } from "node:http";
import type { Socket } from "node:net";

/** The end of a server: see `drain`. */
export class Drain {
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  readonly #upgraded = new Set<Socket>();
  #ended: Promise<void> | undefined;

  constructor(server: Server) {
    this.#server = server;
    server.on("connection", (socket: Socket) => this.#track(this.#sockets, socket));
  }

  get hasBegun(): boolean {
    return this.#ended !== undefined;
  }

  /** An upgraded connection has no last answer to wait for: it is ended when the drain begins. */
  addUpgraded(socket: Socket): void {
    this.#track(this.#upgraded, socket);
  }

  /** Accepts no more, lets answers under way end within `graceMs`, then cuts what is left. Resolves when no connection is open. */
  begin(graceMs: number): Promise<void> {
    this.#ended ??= this.#run(graceMs);
    return this.#ended;
  }

  /** To be called when an answer is finished: its connection may be the last idle one. */
  afterAnswer(): void {
    if (this.hasBegun) setImmediate(() => this.#server.closeIdleConnections());
  }

  async #run(graceMs: number): Promise<void> {
    const closed = new Promise<void>((resolve) => this.#server.close(() => resolve()));
    this.#server.closeIdleConnections();
    for (const socket of this.#upgraded) socket.end();
    const cut = setTimeout(() => {
      for (const socket of this.#sockets) socket.destroy();
    }, graceMs);
    await closed;
    clearTimeout(cut);
  }

  #track(set: Set<Socket>, socket: Socket): void {
    if (set.has(socket)) return;
    set.add(socket);
    socket.once("close", () => set.delete(socket));
  }
}
