import type { Socket } from "node:net";

// What a side may take to accept its last bytes after the other has gone.
const FLUSH_MS = 10_000;
// Finds peers that vanished without a word.
const PROBE_MS = 30_000;

/** Makes one byte pipe of client and app: each end, clean or not, reaches the other side. Both need error listeners already. */
export function joinSockets(client: Socket, app: Socket): void {
  app.setTimeout(0);
  pour(client, app);
  pour(app, client);
}

function pour(from: Socket, to: Socket): void {
  from.setNoDelay(true);
  from.setKeepAlive(true, PROBE_MS);
  from.pipe(to, { end: false });
  from.once("end", () => finish(to));
  from.once("error", () => to.destroy());
  from.once("close", () => finish(to));
}

function finish(socket: Socket): void {
  if (socket.destroyed) return;
  socket.removeAllListeners("timeout");
  socket.setTimeout(FLUSH_MS, () => socket.destroy());
  socket.destroySoon();
}
