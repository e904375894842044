import { UplinkAverage } from "./uplink-average.ts";

/** Receivers report every few seconds; what they said lasts until after the next one. */
const FRESH_MS = 10_000;
/** How often an uplink is told from the reports. */
const PERIOD_MS = 5_000;
/** Less than this says nothing: a piece or two, or a blink. */
const LEAST_BYTES = 16_384;
const LEAST_MS = 20;
/** An average over less is none. */
const LEAST_PERIOD_MS = 1_000;
/** What one receiver's word is worth at most: who has more is given more children, and more of them to speak for it. */
const MAX_WORD_BPS = 20_000_000;
/** Changes smaller than this part are not worth planning for. */
const WORTH_TELLING = 0.1;

/** What one receiver saw of a sender since its last report. */
export interface Sight {
  readonly bytes: number;
  readonly periodMs: number;
  /** While pieces came one after another: how much, and for how long. */
  readonly busyBytes: number;
  readonly busyMs: number;
}

/** The same in bits a second; `busyBps` 0: it was never busy long enough to tell. */
interface Rates {
  readonly busyBps: number;
  readonly meanBps: number;
  readonly atMs: number;
}

interface Sender {
  readonly sights: Map<string, Rates>;
  readonly average: UplinkAverage;
  toldBps: number;
}

/**
 * Uplinks by what receivers saw, whatever senders say of themselves. A sender serves its children at the same time, so its uplink is
 * what one of them gets times their number; which one is the lower median, so that it takes a majority to fake one. It is at least
 * what all of them got on average.
 */
export class UplinkMeter {
  readonly #senders = new Map<number, Sender>();
  #periodMs = 0;

  /** `receiver` tells the receivers of a sender apart. */
  report(sender: number, receiver: string, sight: Sight, nowMs: number): void {
    const known = this.#senders.get(sender) ?? { sights: new Map(), average: new UplinkAverage(), toldBps: 0 };
    known.sights.set(receiver, ratesOf(sight, nowMs));
    this.#senders.set(sender, known);
  }

  /** Once a second: whose uplink is known, or known better. */
  tick(nowMs: number): { readonly peer: number; readonly uplinkBps: number }[] {
    if (nowMs - this.#periodMs < PERIOD_MS) return [];
    this.#periodMs = nowMs;
    const news: { peer: number; uplinkBps: number }[] = [];
    for (const [peer, sender] of this.#senders) {
      const uplinkBps = measure(sender, nowMs);
      if (uplinkBps === undefined || !isNews(uplinkBps, sender.toldBps)) continue;
      sender.toldBps = uplinkBps;
      news.push({ peer, uplinkBps });
    }
    return news;
  }

  /** Bits a second, as last told; undefined if it was never measured. */
  uplinkBps(peer: number): number | undefined {
    return this.#senders.get(peer)?.toldBps || undefined;
  }

  forget(peer: number): void {
    this.#senders.delete(peer);
  }
}

function measure({ sights, average }: Sender, nowMs: number): number | undefined {
  for (const [receiver, { atMs }] of sights) if (nowMs - atMs > FRESH_MS) sights.delete(receiver);
  const all = [...sights.values()];
  const busy = all.map(({ busyBps }) => busyBps).filter((bps) => bps > 0);
  if (busy.length === 0) return undefined;
  average.add(Math.max(together(busy), together(all.map(({ meanBps }) => meanBps))), PERIOD_MS / 1_000);
  return Math.round(average.bps);
}

/** Lower median times number. */
function together(rates: readonly number[]): number {
  const sorted = [...rates].sort((a, b) => a - b);
  return (sorted[Math.floor((sorted.length - 1) / 2)] ?? 0) * sorted.length;
}

function ratesOf({ bytes, periodMs, busyBytes, busyMs }: Sight, nowMs: number): Rates {
  const busyBps = busyBytes >= LEAST_BYTES && busyMs >= LEAST_MS ? (busyBytes * 8_000) / busyMs : 0;
  const meanBps = periodMs >= LEAST_PERIOD_MS ? (bytes * 8_000) / periodMs : 0;
  return { busyBps: Math.min(busyBps, MAX_WORD_BPS), meanBps: Math.min(meanBps, MAX_WORD_BPS), atMs: nowMs };
}

function isNews(bps: number, toldBps: number): boolean {
  return Math.abs(bps - toldBps) > WORTH_TELLING * toldBps;
}
