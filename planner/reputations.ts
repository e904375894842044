/** How long accusations of corrupt pieces count together. */
const MEMORY_MS = 60_000;
/** And those of late ones: everybody is late for somebody once in a minute. */
const MISSED_MEMORY_MS = 10_000;
/** Being late counts once in this time, however many children say so: a slow uplink is no crime. */
const MISSED_PERIOD_MS = 5_000;
/** Who was brought nothing for so long, while linked, was let down; a link that has just opened was not. */
const EMPTY_MS = 4_000;
/** Corrupt pieces seen from that many networks ban: one accuser may lie, and a piece has one sender, so there is no innocent mistake. */
const BANNING_ACCUSERS = 2;
/** So many networks that were brought nothing at all make a black hole. */
const BLACK_HOLE_ACCUSERS = 3;
const BLACK_HOLE = 0.1;
/** Who accuses so many that nobody else accuses is not heard any more. */
const LONE_ACCUSATIONS = 4;
/** What an accusation by one alone leaves of a reputation, and one of several. */
const AFTER_CORRUPT = 0.5;
const AFTER_MISSED_ALONE = 0.97;
const AFTER_MISSED = 0.9;
/** Part of the way back to 1 that a good report brings. */
const RECOVERY = 0.02;
/** A good report counts once in this time from each network: less than the time between two of one receiver, whatever the timers. */
const GOOD_PERIOD_MS = 4_000;
/** Changes smaller than this are not worth planning for. */
const WORTH_TELLING = 0.05;

/** What a reporter says of a peer. */
export interface Account {
  /** Payload of verified pieces. */
  readonly bytes: number;
  readonly missed: number;
  readonly corrupt: number;
}

interface Standing {
  reputation: number;
  told: number;
  banned: boolean;
  /** Who saw corrupt pieces and who was let down, and when last; who is brought nothing, and since when. By network. */
  readonly corrupt: Map<string, number>;
  readonly missed: Map<string, number>;
  readonly empty: Map<string, number>;
  /** When each network's praise was last counted. */
  readonly good: Map<string, number>;
  /** When its lateness was last counted. */
  missedMs: number;
}

/** What peers are worth by what others say of them: gradually, and only several together may ruin one. */
export class Reputations {
  readonly #standings = new Map<number, Standing>();
  /** Whom each reporter accused of corrupt pieces. */
  readonly #accused = new Map<number, Set<number>>();

  /** `reporter` in `network` says this of `peer`. Networks count, not reporters: anybody can open a second tab. */
  report(peer: number, reporter: number, network: string, account: Account, nowMs: number): void {
    const standing = this.#of(peer);
    if (this.#standings.get(reporter)?.banned === true) return;
    if (account.corrupt > 0) this.#onCorrupt(peer, standing, reporter, network, nowMs);
    if (account.missed > 0) onMissed(standing, network, account, nowMs);
    else if (account.bytes > 0 && account.corrupt === 0) onGood(standing, network, nowMs);
  }

  /** A proved liar: for good. */
  ban(peer: number): void {
    this.#of(peer).banned = true;
  }

  /** What earlier visits left of it, 0: a ban. */
  restore(peer: number, reputation: number): void {
    if (reputation === 1) return;
    const standing = this.#of(peer);
    if (reputation === 0) standing.banned = true;
    standing.reputation = Math.min(standing.reputation, reputation);
    standing.told = this.reputation(peer);
  }

  /** 0 (proved liar) … 1. */
  reputation(peer: number): number {
    const standing = this.#standings.get(peer);
    if (standing === undefined) return 1;
    return standing.banned ? 0 : standing.reputation;
  }

  /** Whose reputation has changed since it was last asked for. */
  takeNews(): { readonly peer: number; readonly reputation: number }[] {
    const news: { peer: number; reputation: number }[] = [];
    for (const [peer, standing] of this.#standings) {
      const reputation = this.reputation(peer);
      const changed = Math.abs(reputation - standing.told) >= WORTH_TELLING;
      if (!changed && (reputation > 0 || standing.told === 0)) continue;
      standing.told = reputation;
      news.push({ peer, reputation });
    }
    return news;
  }

  /** Gone; a ban stays as long as its number may come back. */
  forget(peer: number): void {
    this.#accused.delete(peer);
    if (this.#standings.get(peer)?.banned !== true) this.#standings.delete(peer);
  }

  #of(peer: number): Standing {
    const known = this.#standings.get(peer);
    if (known !== undefined) return known;
    const fresh = { corrupt: new Map(), missed: new Map(), empty: new Map(), good: new Map() };
    const standing: Standing = { reputation: 1, told: 1, banned: false, missedMs: Number.NEGATIVE_INFINITY, ...fresh };
    this.#standings.set(peer, standing);
    return standing;
  }

  #onCorrupt(peer: number, standing: Standing, reporter: number, network: string, nowMs: number): void {
    const accused = this.#accused.get(reporter) ?? new Set();
    this.#accused.set(reporter, accused.add(peer));
    if (this.#isAloneTooOften(accused)) return;
    const first = !standing.corrupt.has(network);
    if (recent(standing.corrupt, network, MEMORY_MS, nowMs) >= BANNING_ACCUSERS) standing.banned = true;
    if (first) standing.reputation *= AFTER_CORRUPT;
  }

  #isAloneTooOften(accused: ReadonlySet<number>): boolean {
    const alone = [...accused].filter((peer) => this.#of(peer).corrupt.size < 2);
    return alone.length >= LONE_ACCUSATIONS;
  }
}

function onGood(standing: Standing, network: string, nowMs: number): void {
  standing.empty.delete(network);
  if (nowMs - (standing.good.get(network) ?? Number.NEGATIVE_INFINITY) < GOOD_PERIOD_MS) return;
  recent(standing.good, network, GOOD_PERIOD_MS, nowMs);
  standing.reputation += RECOVERY * (1 - standing.reputation);
}

function onMissed(standing: Standing, network: string, { bytes }: Account, nowMs: number): void {
  const several = recent(standing.missed, network, MISSED_MEMORY_MS, nowMs) > 1;
  if (bytes > 0) standing.empty.delete(network);
  else if (!standing.empty.has(network)) standing.empty.set(network, nowMs);
  if (nowMs - standing.missedMs >= MISSED_PERIOD_MS) {
    standing.missedMs = nowMs;
    standing.reputation *= several ? AFTER_MISSED : AFTER_MISSED_ALONE;
  }
  const letDown = [...standing.empty.values()].filter((sinceMs) => nowMs - sinceMs >= EMPTY_MS);
  if (letDown.length >= BLACK_HOLE_ACCUSERS) standing.reputation = Math.min(standing.reputation, BLACK_HOLE);
}

/** Adds an accuser; how many there are lately. */
function recent(accusers: Map<string, number>, network: string, memoryMs: number, nowMs: number): number {
  accusers.set(network, nowMs);
  for (const [known, atMs] of accusers) if (nowMs - atMs > memoryMs) accusers.delete(known);
  return accusers.size;
}
