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
/** What the word of one receiver, and of one network, is worth at most: who has more is given more children, and more of them to speak for it. */
const MAX_WORD_BPS = 20_000_000;
/** Changes smaller than this part are not worth planning for. */
const WORTH_TELLING = 0.1;

/** Who says it. */
export interface Receiver {
  readonly peer: number;
  readonly swarm: number;
  readonly network: string;
}

/** What one receiver saw of a sender since its last report. */
export interface Sight {
  readonly bytes: number;
  readonly periodMs: number;
  /** While pieces came one after another: how much, and for how long. */
  readonly busyBytes: number;
  readonly busyMs: number;
}

/** The same in bits a second; `busyBps` 0: it was never busy long enough to tell. */
interface Rates extends Receiver {
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
 * what one of them gets times their number; which one is the lower median, so that it takes a majority to fake one: of networks, for
 * anybody can open more tabs, and each receiver counts once, in however many swarms it speaks. It is at least what all of them got on
 * average.
 */
export class UplinkMeter {
  readonly #senders = new Map<number, Sender>();
  #periodMs = 0;

  report(sender: number, receiver: Receiver, sight: Sight, nowMs: number): void {
    const known = this.#senders.get(sender) ?? { sights: new Map(), average: new UplinkAverage(), toldBps: 0 };
    known.sights.set(`${receiver.peer}/${receiver.swarm}`, { ...receiver, ...ratesOf(sight, nowMs) });
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
  const busy = all.filter(({ busyBps }) => busyBps > 0);
  if (busy.length === 0) return undefined;
  const busyBps = together(busy, (rates) => rates.busyBps);
  const meanBps = together(all, (rates) => rates.meanBps);
  average.add(Math.max(busyBps, meanBps), PERIOD_MS / 1_000);
  return Math.round(average.bps);
}
/** What its receivers get together; each network has one voice. */
function together(rates: readonly Rates[], bpsOf: (rates: Rates) => number): number {
  const networks = new Map<string, Map<number, number>>();
  for (const rate of rates) {
    const receivers = networks.get(rate.network) ?? new Map<number, number>();
    const bps = (receivers.get(rate.peer) ?? 0) + bpsOf(rate);
    networks.set(rate.network, receivers.set(rate.peer, Math.min(bps, MAX_WORD_BPS)));
  }
  const voices = [...networks.values()].map((receivers) => lowerMedian([...receivers.values()]));
  const receivers = [...networks.values()].reduce((count, { size }) => count + size, 0);
  return Math.min(lowerMedian(voices) * receivers, voices.length * MAX_WORD_BPS);
}

function lowerMedian(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor((sorted.length - 1) / 2)] ?? 0;
}

function ratesOf({ bytes, periodMs, busyBytes, busyMs }: Sight, nowMs: number): Omit<Rates, keyof Receiver> {
  const busyBps = busyBytes >= LEAST_BYTES && busyMs >= LEAST_MS ? (busyBytes * 8_000) / busyMs : 0;
  const meanBps = periodMs >= LEAST_PERIOD_MS ? (bytes * 8_000) / periodMs : 0;
  return { busyBps: Math.min(busyBps, MAX_WORD_BPS), meanBps: Math.min(meanBps, MAX_WORD_BPS), atMs: nowMs };
}

function isNews(bps: number, toldBps: number): boolean {
  return Math.abs(bps - toldBps) > WORTH_TELLING * toldBps;
}
