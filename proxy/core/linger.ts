import type { Socket } from "node:net";

/** How long a connection stays half open after the last bytes, so that a client still sending gets to read them. */
export const LINGER_MS = 2_000;

/** Sends the last bytes, ends our side, and closes the connection at the latest after `LINGER_MS`. */
export function endWith(socket: Socket, bytes?: Buffer): void {
  if (bytes) socket.end(bytes);
  else socket.end();
  socket.resume();
  const timer = setTimeout(() => socket.destroy(), LINGER_MS);
  socket.once("close", () => clearTimeout(timer));
}
