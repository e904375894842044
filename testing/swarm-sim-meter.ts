import type { PeerTally } from "../peer/swarm/member-ports.ts";
import type { PlannerEvent } from "../planner/core/planner-ports.ts";

/** A receiver's word counts for this long. */
const FRESH_MS = 12_000;
/** Busy time below which a rate says little. */
const LEAST_BUSY_MS = 100;
/** Missed pieces, as a share of all that were assigned, above which a receiver accuses. */
const ACCUSED_SHARE = 0.5;
const LEAST_MISSED = 3;
/** So many receivers make a culprit. */
const ACCUSERS = 3;

interface Word {
  readonly atMs: number;
  /** Bits a second while it was surely busy with this receiver; 0: never surely. */
  readonly busyBps: number;
  readonly busyShare: number;
  readonly meanBps: number;
  readonly accuses: boolean;
}

/** Makes of receivers' reports what the planner is told of senders. No sender is asked. */
export class UplinkMeter {
  readonly #words = new Map<number, Map<number, Word>>();
  readonly #told = new Map<number, number>();

  report(receiver: number, tallies: readonly PeerTally[], periodMs: number, nowMs: number): PlannerEvent[] {
    return tallies.flatMap((tally) => {
      if (tally.peer === 0) return [];
      let words = this.#words.get(tally.peer);
      if (words === undefined) this.#words.set(tally.peer, (words = new Map()));
      words.set(receiver, wordOf(tally, periodMs, nowMs));
      for (const [other, word] of words) if (nowMs - word.atMs > FRESH_MS) words.delete(other);
      return this.#judge(tally.peer, words);
    });
  }

  #judge(peer: number, words: ReadonlyMap<number, Word>): PlannerEvent[] {
    const all = [...words.values()];
    const accusers = all.filter((word) => word.accuses).length;
    if (accusers >= Math.min(ACCUSERS, Math.max(2, all.length)) && accusers > all.length / 2) {
      return [{ type: "reputation", peer, reputation: 0.1 }];
    }
    const sure = all.filter((word) => word.busyBps > 0);
    if (sure.length === 0) return [];
    const uplinkBps = all.reduce((sum, word) => sum + Math.max(word.busyBps, word.meanBps), 0);
    const told = this.#told.get(peer);
    if (told !== undefined && Math.abs(uplinkBps - told) < 0.1 * told) return [];
    this.#told.set(peer, uplinkBps);
    return [{ type: "uplink", peer, uplinkBps }];
  }
}

function wordOf(tally: PeerTally, periodMs: number, nowMs: number): Word {
  return {
    atMs: nowMs,
    busyBps: tally.busyMs >= LEAST_BUSY_MS ? (tally.busyBytes * 8_000) / tally.busyMs : 0,
    busyShare: tally.busyMs / periodMs,
    meanBps: (tally.bytes * 8_000) / periodMs,
    accuses: tally.missed >= LEAST_MISSED && tally.missed > ACCUSED_SHARE * (tally.missed + tally.bytes / 65_536),
  };
}
