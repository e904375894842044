import type { ServerResponse } from "node:http";
import type { Socket } from "node:net";

interface Pending {
  onGone: (() => void) | undefined;
}

/**
 * What is unanswered on each client connection. Node tells a ServerResponse that its client left only when its turn on
 * the wire has come; pipelined ones would never hear of it.
 */
export class ClientConnections {
  readonly #pending = new WeakMap<Socket, Map<ServerResponse, Pending>>();
  readonly #refused = new WeakSet<Socket>();

  /** Call once for each request, before anything else. */
  begin(socket: Socket, res: ServerResponse): void {
    const entry: Pending = { onGone: undefined };
    const open = this.#openOn(socket);
    open.set(res, entry);
    res.once("close", () => {
      open.delete(res);
      if (!res.writableFinished) leave(entry);
    });
  }

  /** Calls `run` once if the client leaves before `res` is finished; replaces an earlier `run`, undefined takes it away. */
  whenGone(socket: Socket, res: ServerResponse, run: (() => void) | undefined): void {
    const entry = this.#openOn(socket).get(res);
    if (entry) entry.onGone = run;
    if (!entry || socket.destroyed) run?.();
  }

  /** The unanswered requests on this connection, oldest first. */
  unanswered(socket: Socket): ServerResponse[] {
    return [...(this.#pending.get(socket)?.keys() ?? [])];
  }

  /** After a refusal nothing more that came on this connection is forwarded: its bytes may mean anything. */
  refuse(socket: Socket): void {
    this.#refused.add(socket);
  }

  isRefused(socket: Socket): boolean {
    return this.#refused.has(socket);
  }

  /** The client is as good as gone: ends what was asked for it. */
  abandon(socket: Socket): void {
    for (const entry of [...(this.#pending.get(socket)?.values() ?? [])]) leave(entry);
  }

  #openOn(socket: Socket): Map<ServerResponse, Pending> {
    const known = this.#pending.get(socket);
    if (known) return known;
    const open = new Map<ServerResponse, Pending>();
    this.#pending.set(socket, open);
    socket.once("close", () => this.abandon(socket));
    return open;
  }
}

function leave(entry: Pending): void {
  const run = entry.onGone;
  entry.onGone = undefined;
  run?.();
}
