import { canLink, type SimLine } from "./swarm-sim-scenario.ts";

/** Share of an uplink that carries payload in the long run. */
const USABLE = 0.95;

/**
 * Fewest copies of a stream that an origin must send these viewers, whoever plans: for every set of kinds of them, what they take
 * and nobody who can reach any of them could send (a minimal cut; kinds are told apart by whom they can link to).
 */
export function fewestCopies(viewers: readonly SimLine[], rateBps: number): number {
  const kinds = kindsOf(viewers);
  let fewest = viewers.length === 0 ? 0 : 1;
  for (let set = 1; set < 1 << kinds.length; set += 1) {
    const takers = kinds.filter((_, kind) => (set & (1 << kind)) !== 0);
    const taken = takers.reduce((sum, kind) => sum + kind.length, 0);
    let given = 0;
    for (const givers of kinds) {
      const reached = takers.filter(([taker]) => givers[0] && taker && canLink(givers[0], taker));
      const reachable = reached.reduce((sum, kind) => sum + kind.length, 0) - (reached.includes(givers) ? 1 : 0);
      for (const giver of givers) given += Math.min((USABLE * giver.uplinkBps) / rateBps, reachable);
    }
    fewest = Math.max(fewest, taken - given);
  }
  return fewest;
}

function kindsOf(viewers: readonly SimLine[]): SimLine[][] {
  const kinds = new Map<string, SimLine[]>();
  for (const viewer of viewers) {
    const name = `${viewer.nat} ${viewer.ipv6}`;
    kinds.set(name, [...(kinds.get(name) ?? []), viewer]);
  }
  return [...kinds.values()];
}
