import type { Socket } from "node:net";
import { TLSSocket } from "node:tls";
import type { Sender } from "./forwarded-headers.ts";
import { peerAddress, type TrustedPeers } from "./trusted-peers.ts";

// A connection keeps its peer; parsing addresses for each request costs more than the rest of its headers.
const senders = new WeakMap<Socket, Sender>();

/** Who is at the other end of this connection, or undefined if nobody is any more. */
export function senderOf(trusted: TrustedPeers, socket: Socket): Sender | undefined {
  if (socket.destroyed) return undefined;
  const known = senders.get(socket);
  if (known) return known;
  const address = peerAddress(socket);
  if (address === undefined) return undefined;
  const scheme = socket instanceof TLSSocket ? "https" : "http";
  const sender: Sender = { address, isTrusted: trusted.has(address), scheme };
  senders.set(socket, sender);
  return sender;
}
