import type { ClientRequest } from "node:http";
import type { Socket } from "node:net";

/** Destroys the request if its connection does not stand `connectMs` after it began to connect. */
export function limitConnect(outgoing: ClientRequest, isTls: boolean, connectMs: number): void {
  outgoing.once("socket", (socket: Socket) => {
    if (!socket.connecting) return;
    const tooLong = Object.assign(new Error("connecting took too long"), { code: "ETIMEDOUT" });
    const timer = setTimeout(() => outgoing.destroy(tooLong), connectMs);
    const stop = () => clearTimeout(timer);
    socket.once(isTls ? "secureConnect" : "connect", stop);
    socket.once("close", stop);
  });
}
