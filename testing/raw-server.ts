import { once } from "node:events";
import { type AddressInfo, createServer, type Server, type Socket } from "node:net";

/** A TCP server on loopback that does with each connection what the test says. */
export interface RawServer {
  readonly server: Server;
  readonly port: number;
  readonly url: URL;
  /** Connections not closed yet. */
  openSockets(): number;
  /** Resolves when none is open. */
  idle(): Promise<void>;
  /** Cuts everything. */
  close(): Promise<void>;
}

/** Starts one on `port` (0: any). */
export async function startRawServer(onSocket: (socket: Socket) => void, port = 0): Promise<RawServer> {
  const sockets = new Set<Socket>();
  const server = createServer({ noDelay: true }, (socket) => {
    sockets.add(socket);
    socket.on("error", () => socket.destroy());
    socket.on("close", () => {
      sockets.delete(socket);
      if (sockets.size === 0) server.emit("idle");
    });
    onSocket(socket);
  });
  server.listen(port, "127.0.0.1");
  await once(server, "listening");
  const actual = (server.address() as AddressInfo).port;
  return {
    server,
    port: actual,
    url: new URL(`http://127.0.0.1:${actual}`),
    openSockets: () => sockets.size,
    idle: async () => {
      if (sockets.size > 0) await once(server, "idle");
    },
    close: async () => {
      const closed = new Promise((resolve) => server.close(resolve));
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
}
