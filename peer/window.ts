import { MAX_FRAME_BYTES } from "../protocol/limits.ts";
import { BaseRtt } from "./base-rtt.ts";
import { BurstLimit } from "./burst-limit.ts";
import { DeliveryRate } from "./delivery-rate.ts";
import { Flight } from "./flight.ts";
import { Pacer } from "./pacer.ts";
import { Train } from "./train.ts";

// Sources: FAST TCP (Wei, Jin, Low, Hegde 2006) for the rule, BBR and Copa for emptying the queue, HyStart for the start; the numbers
// are those with which the simulation in window.test.ts keeps its promises.

/** Before anything is known: about 20 packets, twice TCP's initial window, as common servers send. */
const FIRST_WINDOW_BYTES = 24_000;
/** Up to here the start goes out in bursts, whose ACKs tell the line's rate; a small router's queue (64 kB) bears that much. */
const LARGEST_BURST_BYTES = 49_152;
/** Frames of two packets: fine-grained enough for bursts and thin links. */
const SMALLEST_FRAME_BYTES = 2_300;
/** A frame takes about this long on the line: some 650 ACKs a second at most, whatever the rate. */
const FRAME_MS = 1.5;
const SMALLEST_WINDOW_BYTES = 2 * SMALLEST_FRAME_BYTES;
/** 200 Mbit/s × 0.6 s. */
const LARGEST_WINDOW_BYTES = 16_777_216;

/** What each link tries to keep in the queue: the same for all, which is what makes links that share a bottleneck share it equally. */
const OWN_QUEUE_BYTES = 6_144;
/** Queueing delay allowed on top: covers timers and small hiccups, which a short road would otherwise pay in full. */
const QUEUE_MS = 3.5;
/** A queue longer than road and this together is cut in one round rather than bit by bit. */
const LONG_QUEUE_MS = 20;
/** But a round trip below this is no queue to hurt anybody: on short roads it is more often a process that woke late. */
const HARMLESS_RTT_MS = 100;
/** A road is taken to hold what its best rate sends in this time at least: less, and one late process after another would stop the link. */
const LEAST_ROAD_MS = 10;
/** Part of the way to the target taken in one round; feedback is a round old, so more would swing. */
const STEP = 0.3;
/** Largest growth sought in one round once the start is over. */
const GROWTH_LIMIT = 1 / 12;
/** After this many empty rounds in a row the line is far away, and growth may quicken. */
const LONG_EMPTY_ROUNDS = 8;
/** After a round that delivered this much more than any before the line has room: the window grows by so much of itself. */
const FASTER = 1.03;
const FASTER_GROWTH = 0.04;
/** Faster than the window alone would go, so that the window rules; slower than a burst. */
const PACE = 1.1;
/** A round that had this part of the window in flight has tried it; one that sent less says nothing about a larger window. */
const USED_UP = 0.75;
/** The start is fast up to this part of what the ACKs showed of the line. */
const START_SHARE = 0.9;
/** Beyond bursts a round of the start adds at most this much, or a quarter: about half of it stands in the queue for a moment. */
const START_STEP_BYTES = 40_000;
const START_STEP = 1 / 4;
/** Nearer to the line, where ACKs that come late or in batches may have hidden its rate, a round adds this part. */
const NEAR_STEP = 1 / 16;
/** A queue of this length ends the start (HyStart's least threshold): at a round's best, or on average once near the line. */
const START_QUEUE_MS = 4;

/**
 * How much a link may have in flight: a delay-based congestion window. It keeps the line busy and the queue before it nearly
 * empty, because a full queue is lost bursts for SCTP and lag for everyone else in the house.
 */
export class Window {
  readonly flight = new Flight();
  readonly #pacer = new Pacer();
  readonly #train = new Train();
  readonly #base = new BaseRtt();
  readonly #rate = new DeliveryRate();
  #bytes = FIRST_WINDOW_BYTES;
  readonly #burst = new BurstLimit();
  #starting = true;
  /** The last round delivered more than any before. */
  #faster = false;
  #rttMs = 0;
  /** Shortest round trip of the last round; Infinity before. */
  #lastRoundMs = Number.POSITIVE_INFINITY;
  /** The round that runs: from one frame's sending to its ACK. */
  #round = newRound(0, 0, 0);
  /** Rounds in a row in which the window was used up and the queue stayed empty. */
  #emptyRounds = 0;

  get bytes(): number {
    return Math.floor(this.#bytes);
  }

  /** Newest round trip, queueing included; 0 before the first. */
  get rttMs(): number {
    return this.#rttMs;
  }

  /** Size of the next frame, header included. */
  frameBytes(): number {
    if (this.#bursting) return SMALLEST_FRAME_BYTES;
    const bytes = Math.min(this.#bytesPerMs * FRAME_MS, this.#bytes / 4, MAX_FRAME_BYTES);
    return Math.floor(Math.max(SMALLEST_FRAME_BYTES, bytes));
  }

  /** Milliseconds until the next frame may go: 0 = now, Infinity = not before an ACK. Ask only with bytes at hand. */
  admitMs(nowMs: number): number {
    const limitBytes = this.#bytes - (this.#base.emptying ? this.#queueBytes : 0);
    const mayGo = this.flight.bytes < Math.min(limitBytes, this.#burst.bytes);
    const waitMs = mayGo ? this.#pacer.waitMs(nowMs) : Number.POSITIVE_INFINITY;
    if (waitMs > 0 && this.flight.bytes > limitBytes * USED_UP) this.#round.limited = true;
    return waitMs;
  }

  sent(bytes: number, nowMs: number): void {
    if (this.flight.bytes === 0) {
      this.#round.startMs = nowMs;
      this.#round.startBytes = this.flight.ackedBytes;
    }
    this.#burst.sent(this.flight.bytes, this.#bytesPerMs);
    this.flight.sent(bytes, nowMs);
    const bytesPerMs = this.#starting ? Math.max(this.#train.bytesPerMs, this.#bytesPerMs) : this.#bytesPerMs;
    if (!this.#bursting) this.#pacer.sent(bytes, bytesPerMs * PACE, nowMs);
  }

  /** Takes the peer's total of received bytes; false if it claims more than was sent. */
  acked(totalBytes: number, nowMs: number): boolean {
    const flightBytes = this.flight.bytes;
    const sample = this.flight.acked(totalBytes, nowMs);
    if (typeof sample === "string") return sample === "stale";
    this.#burst.acked(flightBytes, sample.newBytes, this.frameBytes());
    this.#rttMs = sample.rttMs;
    this.#base.sample(sample.rttMs);
    this.#round.rttMs = Math.min(this.#round.rttMs, sample.rttMs);
    this.#round.rttSumMs += sample.rttMs;
    this.#round.samples += 1;
    if (this.#starting) this.#train.acked(totalBytes, nowMs, this.#bytes / 4, this.#base.ms / 2);
    if (this.#round.endBytes === 0) this.#round.endBytes = this.flight.sentBytes;
    if (totalBytes >= this.#round.endBytes) this.#endRound(nowMs);
    return true;
  }

  get #bursting(): boolean {
    return this.#starting && this.#bytes <= LARGEST_BURST_BYTES;
  }

  /** What of the window stands in the queue, as far as we know: without it the queue is empty. */
  get #queueBytes(): number {
    const queueMs = Math.max(QUEUE_MS, this.#lastRoundMs - this.#base.ms);
    return Math.min(this.#bytes / 2, OWN_QUEUE_BYTES + this.#bytesPerMs * queueMs);
  }

  get #bytesPerMs(): number {
    return this.#bytes / this.#lastRoundMs;
  }

  #endRound(nowMs: number): void {
    const round = this.#round;
    this.#lastRoundMs = round.rttMs;
    const bestBytesPerMs = this.#rate.bestBytesPerMs;
    this.#rate.endRound(this.flight.ackedBytes - round.startBytes, nowMs - round.startMs);
    this.#faster = bestBytesPerMs > 0 && this.#rate.bestBytesPerMs > bestBytesPerMs * FASTER;
    const longQueue = round.limited && round.rttMs > Math.max(HARMLESS_RTT_MS, 2 * this.#base.ms + LONG_QUEUE_MS);
    if (longQueue) this.#cut(nowMs);
    if (!this.#starting && this.#base.endRound(nowMs, this.#bytes <= 2 * OWN_QUEUE_BYTES)) this.#emptyRounds = 0;
    else if (this.#starting) this.#start();
    else if (!longQueue) this.#adjust();
    this.#round = newRound(nowMs, this.flight.ackedBytes, this.flight.sentBytes);
    this.#train.startBurst();
  }

  /** Grows each round until there is a queue: doubles while it sends bursts, then by less the nearer it is to the line. */
  #start(): void {
    const lineBytes = this.#train.bytesPerMs * this.#base.ms * START_SHARE || Number.POSITIVE_INFINITY;
    const isNear = this.#bytes >= lineBytes;
    const meanMs = this.#round.rttSumMs / this.#round.samples - this.#base.ms;
    const step = this.#bursting ? this.#bytes : Math.max(START_STEP_BYTES, this.#bytes * START_STEP);
    if (Math.max(this.#queueMs, isNear ? meanMs : 0) > START_QUEUE_MS) this.#starting = false;
    else if (this.#round.limited) {
      this.#set(isNear ? this.#bytes * (1 + NEAR_STEP) : Math.min(this.#bytes + step, lineBytes));
    }
  }

  /** One step towards the window that leaves `own` bytes (and what is allowed on top) in the queue. */
  #adjust(): void {
    if (this.#queueMs > QUEUE_MS / 2) this.#emptyRounds = 0;
    else if (this.#round.limited) this.#emptyRounds += 1;
    // The line may have become faster: seek it in steps that double.
    const limitBytes = this.#bytes * GROWTH_LIMIT * Math.max(1, this.#emptyRounds / LONG_EMPTY_ROUNDS);
    const soughtBytes = Math.min(OWN_QUEUE_BYTES * 2 ** (this.#emptyRounds - 1), limitBytes);
    const foundBytes = this.#faster && this.#queueMs < START_QUEUE_MS ? (this.#bytes * FASTER_GROWTH) / STEP : 0;
    const ownBytes = Math.max(OWN_QUEUE_BYTES, soughtBytes, foundBytes);
    const targetBytes = (this.#bytes * (this.#base.ms + QUEUE_MS)) / this.#round.rttMs + ownBytes;
    const nextBytes = Math.max(this.#bytes + STEP * (targetBytes - this.#bytes), this.#provenBytes);
    if (nextBytes < this.#bytes || this.#round.limited) this.#set(nextBytes);
  }

  /** What the road held at its best lately. */
  get #provenBytes(): number {
    return this.#rate.bestBytesPerMs * Math.max(LEAST_ROAD_MS, this.#base.ms);
  }

  /** The line has become slower: at once down to what it delivered in this round. */
  #cut(nowMs: number): void {
    const { startMs, startBytes } = this.#round;
    const bytesPerMs = (this.flight.ackedBytes - startBytes) / Math.max(1, nowMs - startMs);
    this.#starting = false;
    this.#rate.forget();
    this.#set(Math.min(this.#bytes, bytesPerMs * (this.#base.ms + QUEUE_MS) + OWN_QUEUE_BYTES));
  }

  get #queueMs(): number {
    return this.#round.rttMs - this.#base.ms;
  }

  #set(bytes: number): void {
    this.#bytes = Math.min(LARGEST_WINDOW_BYTES, Math.max(SMALLEST_WINDOW_BYTES, bytes));
  }
}

/** A round that has begun: it ends with the ACK of what had been sent by then, `endBytes` (0: of the first frame). */
function newRound(startMs: number, startBytes: number, endBytes: number) {
  return { rttMs: Number.POSITIVE_INFINITY, rttSumMs: 0, samples: 0, startMs, startBytes, endBytes, limited: false };
}
