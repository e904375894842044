import type { Socket } from "node:net";
import { TLSSocket } from "node:tls";
import type { Sender } from "./forwarded-headers.ts";
import { peerAddress, type TrustedPeers } from "./trusted-peers.ts";

/** Who is at the other end of this connection, or undefined if nobody is any more. */
export function senderOf(trusted: TrustedPeers, socket: Socket): Sender | undefined {
  const address = peerAddress(socket);
  if (address === undefined || socket.destroyed) return undefined;
  const scheme = socket instanceof TLSSocket ? "https" : "http";
  return { address, isTrusted: trusted.has(address), scheme };
}
