import type { Server } from "node:http";
import type { Socket } from "node:net";

/** Bytes written to the sockets of a public server, heads and framing included: what a tunnel would carry. */
export class HttpBytes {
  readonly #open = new Set<Socket>();
  #closedBytes = 0;

  constructor(server: Server) {
    server.on("connection", (socket: Socket) => {
      this.#open.add(socket);
      socket.once("close", () => {
        this.#open.delete(socket);
        this.#closedBytes += socket.bytesWritten;
      });
    });
  }

  total(): number {
    let bytes = this.#closedBytes;
    for (const socket of this.#open) bytes += socket.bytesWritten;
    return bytes;
  }
}
