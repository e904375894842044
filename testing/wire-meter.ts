import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { loadRules, type Namespace } from "./netns.ts";

const run = promisify(execFile);

/** Bytes of IP packets, their headers included. */
export interface WireBytes {
  readonly tcpOut: number;
  readonly udpOut: number;
  readonly tcpIn: number;
  readonly udpIn: number;
}

const COUNTERS = ["tcpOut", "udpOut", "tcpIn", "udpIn"] as const;

/** Counts from now on what enters and leaves the namespace over `device`; answers a look at the counters. */
export async function startWireMeter(namespace: Namespace, device: string): Promise<() => Promise<WireBytes>> {
  // The kernel hands TCP on in lumps of many packets and would count their headers once: no lumps.
  await run("ip", ["-n", namespace.name, "link", "set", device, "gso_max_segs", "1"]);
  await loadRules(
    namespace,
    `table inet wire {
      ${COUNTERS.map((name) => `counter ${name} { }`).join("\n")}
      chain out {
        type filter hook postrouting priority 200;
        oifname ${device} meta l4proto tcp counter name tcpOut
        oifname ${device} meta l4proto udp counter name udpOut
      }
      chain in {
        type filter hook prerouting priority -400;
        iifname ${device} meta l4proto tcp counter name tcpIn
        iifname ${device} meta l4proto udp counter name udpIn
      }
    }`,
  );
  return () => readCounters(namespace);
}

async function readCounters(namespace: Namespace): Promise<WireBytes> {
  const nft = ["netns", "exec", namespace.name, "nft", "--json", "list", "counters", "table", "inet", "wire"];
  type Listed = { nftables: { counter?: { name: string; bytes: number } }[] };
  const { nftables } = JSON.parse((await run("ip", nft)).stdout) as Listed;
  const bytesOf = (name: string): number => nftables.find(({ counter }) => counter?.name === name)?.counter?.bytes ?? 0;
  return { tcpOut: bytesOf("tcpOut"), udpOut: bytesOf("udpOut"), tcpIn: bytesOf("tcpIn"), udpIn: bytesOf("udpIn") };
}
