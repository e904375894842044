import ipaddr from "ipaddr.js";

/** The network we are in ourselves: everybody there looks the same, and so does everybody behind a tunnel that does not say who calls. */
export const OWN_NETWORK = "own";

/** Ranges whose addresses reach us only from inside the network we are in ourselves. */
const OWN = new Set(["private", "uniqueLocal", "linkLocal", "loopback"]);

/**
 * Which network an address is in: viewers with the same text reach each other whatever the NAT. A public IPv4 address, the /64 of an
 * IPv6 one, or ours. Undefined if it is none.
 */
export function networkOf(address: string): string | undefined {
  if (!ipaddr.isValid(address)) return undefined;
  const parsed = ipaddr.process(address);
  if (OWN.has(parsed.range())) return OWN_NETWORK;
  if (parsed instanceof ipaddr.IPv4) return parsed.toString();
  return parsed.toNormalizedString().split(":").slice(0, 4).join(":");
}

/** Whether anybody can see by the address alone that it is of IPv6. */
export function isIpv6(address: string): boolean {
  return ipaddr.isValid(address) && ipaddr.process(address).kind() === "ipv6";
}
