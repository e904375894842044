import { UplinkAverage } from "./uplink-average.ts";

/** Receivers report every few seconds; what they said lasts until after the next one. */
const FRESH_MS = 10_000;
/** How often an uplink is told from the reports. */
const PERIOD_MS = 5_000;
/** Less than this says nothing: a piece or two, or a blink. */
const LEAST_BYTES = 16_384;
const LEAST_MS = 20;
/** Changes smaller than this part are not worth planning for. */
const WORTH_TELLING = 0.1;

/** What one receiver saw of a sender, in bits a second while pieces came one after another. */
interface Sight {
  readonly bps: number;
  readonly atMs: number;
}

interface Sender {
  readonly sights: Map<string, Sight>;
  readonly average: UplinkAverage;
  toldBps: number;
}

/**
 * Uplinks by what receivers saw, whatever senders say of themselves. A sender serves its children at the same time, so its uplink is
 * what one of them gets times their number; which one is the lower median, so that it takes a majority to fake one.
 */
export class UplinkMeter {
  readonly #senders = new Map<number, Sender>();
  #periodMs = 0;

  /** `receiver` tells the receivers of a sender apart. */
  report(sender: number, receiver: string, busyBytes: number, busyMs: number, nowMs: number): void {
    if (busyBytes < LEAST_BYTES || busyMs < LEAST_MS) return;
    const known = this.#senders.get(sender) ?? { sights: new Map(), average: new UplinkAverage(), toldBps: 0 };
    known.sights.set(receiver, { bps: (busyBytes * 8_000) / busyMs, atMs: nowMs });
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
  const rates = Array.from(sights.values(), ({ bps }) => bps).sort((a, b) => a - b);
  const median = rates[Math.floor((rates.length - 1) / 2)];
  if (median === undefined) return undefined;
  average.add(median * rates.length, PERIOD_MS / 1_000);
  return Math.round(average.bps);
}

function isNews(bps: number, toldBps: number): boolean {
  return Math.abs(bps - toldBps) > WORTH_TELLING * toldBps;
}
