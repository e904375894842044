import type { PeerTally } from "./member-ports.ts";
import { PeerCount } from "./peer-count.ts";

/** What each peer did for us since the last report; those that left too. */
export class Tallies {
  readonly #counts = new Map<number, PeerCount>();

  of(peer: number): PeerCount {
    const known = this.#counts.get(peer);
    if (known !== undefined) return known;
    const count = new PeerCount();
    this.#counts.set(peer, count);
    return count;
  }

  /** Everything since the last call; peers that did nothing in between are forgotten. */
  take(): PeerTally[] {
    const tallies: PeerTally[] = [];
    for (const [peer, count] of this.#counts) {
      const tally = count.take(peer);
      if (tally === undefined) this.#counts.delete(peer);
      else tallies.push(tally);
    }
    return tallies;
  }
}
