import type { ServerResponse } from "node:http";
import type { Socket } from "node:net";
import type { ProxyCore } from "./proxy-core.ts";

/**
 * Cuts a client that takes nothing of what waits for it during `clientStallMs`. One for whom nothing waits may be silent for
 * ever: an idle event stream, long poll or WebSocket is the app's to end. `timed` is what the socket is busy with.
 */
export function limitStall(core: ProxyCore, socket: Socket, timed: ServerResponse | Socket): void {
  timed.setTimeout(core.timeouts.clientStallMs);
  // Node calls this after that long without a byte either way, bytes that leave the middle of a long write included.
  timed.on("timeout", () => {
    if (socket.writableLength === 0) return;
    core.onFault("client-stalled");
    // A close would leave the kernel trying to deliver what it holds; and nobody must take this for the body's end.
    socket.resetAndDestroy();
  });
}
