import type { Server } from "node:net";
import { networkInterfaces } from "node:os";
import ipaddr from "ipaddr.js";

/** Whether a connection to this address and port would arrive at `server` on this machine. */
export function reaches(server: Server, port: number, address: string): boolean {
  const own = server.address();
  if (typeof own !== "object" || own === null || own.port !== port || !ipaddr.isValid(address)) return false;
  const [target, listening] = [ipaddr.process(address), ipaddr.process(own.address)];
  if (listening.range() !== "unspecified") return target.toString() === listening.toString();
  // All addresses of IPv6 are those of IPv4, too.
  if (target.kind() === "ipv6" && listening.kind() === "ipv4") return false;
  return target.range() === "loopback" || target.range() === "unspecified" || isOfThisMachine(target.toString());
}

function isOfThisMachine(address: string): boolean {
  const all = Object.values(networkInterfaces()).flatMap((addresses) => addresses ?? []);
  return all.some((own) => ipaddr.process(own.address.split("%")[0] ?? "").toString() === address);
}
