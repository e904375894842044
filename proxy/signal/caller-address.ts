import type { IncomingMessage } from "node:http";
import ipaddr from "ipaddr.js";
import { peerAddress, type TrustedPeers } from "../core/trusted-peers.ts";

/**
 * The public address a client calls from: the socket's, or the last one in X-Forwarded-For that is none of our own proxies', if the
 * socket is one of theirs. Undefined if that cannot be told: no good address, or a proxy in front that nobody has told us to trust.
 */
export function callerAddress(req: IncomingMessage, trusted: TrustedPeers): string | undefined {
  const address = peerAddress(req.socket);
  const forwarded = headerText(req.headers["x-forwarded-for"]);
  if (address === undefined) return undefined;
  if (!trusted.has(address)) return forwarded !== undefined && isLoopback(address) ? undefined : address;
  return forwarded === undefined ? address : lastStranger(forwarded, trusted);
}

/** Each proxy adds at the end whom it was called by, so what is left of the last stranger is that stranger's own word. */
function lastStranger(forwarded: string, trusted: TrustedPeers): string | undefined {
  const addresses = forwarded.split(",").map((text) => text.trim());
  for (const text of addresses.reverse()) {
    if (!ipaddr.isValid(text)) return undefined;
    const address = ipaddr.process(text).toString();
    if (!trusted.has(address)) return address;
  }
  return undefined;
}

function headerText(value: string | readonly string[] | undefined): string | undefined {
  return typeof value === "string" || value === undefined ? value : value.join(",");
}

function isLoopback(address: string): boolean {
  return ipaddr.process(address).range() === "loopback";
}
