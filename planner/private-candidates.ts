import ipaddr from "ipaddr.js";
import type { PeerMessage } from "../protocol/peer-message.ts";

/** Ranges that mean something at home, or at one carrier, only. */
const PRIVATE = new Set(["private", "uniqueLocal", "linkLocal", "loopback", "unspecified", "carrierGradeNat"]);
/** Field of an ICE candidate that holds its address (RFC 8839, 5.1). */
const ADDRESS_FIELD = 4;

/**
 * The message as a viewer of another network may have it, which is without the addresses its sender has at home; undefined if
 * nothing is left.
 */
export function withoutPrivateCandidates(message: PeerMessage): PeerMessage | undefined {
  if (message.kind === "candidate") return isPrivate(message.candidate) ? undefined : message;
  if (message.kind === "failed") return message;
  const lines = message.sdp.split("\r\n").filter((line) => !line.startsWith("a=candidate:") || !isPrivate(line));
  return { ...message, sdp: lines.join("\r\n") };
}

/**
 * A name that ends in `.local` may pass: browsers draw one for each page, it tells nothing, and whoever can look it up is at home there,
 * which two addresses seen from outside do not always show (IPv4 and IPv6, two lines of one house).
 */
function isPrivate(candidate: string): boolean {
  const address = candidate.split(" ")[ADDRESS_FIELD] ?? "";
  return ipaddr.isValid(address) && PRIVATE.has(ipaddr.process(address).range());
}
