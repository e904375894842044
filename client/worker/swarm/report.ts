import type { PeerTally } from "../../../peer/swarm/member-ports.ts";
import type { PeerReport } from "../../../protocol/client-signal.ts";
import { MAX_LINKS } from "../../../protocol/limits.ts";

/** Longest round trip that a report may name. */
const MAX_RTT_MS = 60_000;

/** What the planner is told of peers; those that did most if there are more than one may name. */
export function reportOf(
  tallies: readonly (PeerTally & { readonly corrupt: number })[],
  rttMs: (peer: number) => number | undefined,
): PeerReport[] {
  const most = [...tallies].sort((a, b) => b.corrupt - a.corrupt || b.bytes - a.bytes).slice(0, MAX_LINKS);
  return most.map((tally) => {
    const { peer, bytes, busyBytes, missed, corrupt } = tally;
    const rtt = rttMs(peer);
    return {
      peer,
      bytes,
      busyBytes,
      busyMs: Math.round(tally.busyMs),
      ...(rtt === undefined ? {} : { rttMs: Math.min(MAX_RTT_MS, Math.max(0, rtt)) }),
      ...(missed === 0 ? {} : { missed }),
      ...(corrupt === 0 ? {} : { corrupt }),
    };
  });
}
