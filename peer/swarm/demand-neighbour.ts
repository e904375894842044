import { ORIGIN_PEER } from "../../protocol/ids.ts";
import { TokenBucket } from "../token-bucket.ts";
import { ASK_BURST, ASKS_PER_S } from "./demand-limits.ts";
import type { MemberLink } from "./member-ports.ts";
import { PieceSet } from "./piece-set.ts";
import { PullWindow } from "./pull-window.ts";
import { ServedLink } from "./served-link.ts";
import { Standing } from "./standing.ts";

/** A piece that is asked for elsewhere may still come for this long: it was on its way. */
const FORMER_MS = 30_000;
/** Chunks one peer may announce: a content of two million pieces. */
const MAX_CHUNKS = 4_096;
/** Who puts every ask off is asked less and less often: at most this many times as long. */
const MAX_PATIENCE = 16;

/** Whatever it says. */
const LEAST_REST_MS = 100;

interface Asked {
  readonly bytes: number;
  readonly atMs: number;
}

/** A linked peer of an on-demand swarm: what it holds, what it was asked for, and how much more it may be asked for. */
export class DemandNeighbour extends Standing {
  readonly served: ServedLink;
  readonly #announced = new PieceSet();
  readonly #window = new PullWindow();
  readonly #asks: TokenBucket;
  /** Pieces it is expected to send. */
  readonly #asked = new Map<number, Asked>();
  /** Pieces it was asked for and need not send any more, and since when. */
  readonly #former = new Map<number, number>();
  #askedBytes = 0;
  #patience = 1;

  constructor(link: MemberLink, nowMs: number) {
    super(nowMs);
    this.served = new ServedLink(link, nowMs);
    this.#asks = new TokenBucket(ASKS_PER_S, ASK_BURST, nowMs);
  }

  get link(): MemberLink {
    return this.served.link;
  }

  get peer(): number {
    return this.link.peer;
  }

  get isOrigin(): boolean {
    return this.peer === ORIGIN_PEER;
  }

  /** Pieces it is expected to send. */
  get asked(): ReadonlyMap<number, Asked> {
    return this.#asked;
  }

  /** Pieces it is busy sending: what was asked of it less than a round trip ago it may not know of yet. */
  owed(nowMs: number): ReadonlySet<number> {
    const heardMs = nowMs - (this.link.rttMs() ?? Number.POSITIVE_INFINITY);
    const owed = new Set<number>();
    for (const [piece, { atMs }] of this.#asked) if (atMs <= heardMs) owed.add(piece);
    return owed;
  }

  /** How much of what it may be asked for is asked, 0 to 1. */
  get load(): number {
    return this.#askedBytes / this.#window.bytes;
  }

  /** Whether it put us off more than once, and has sent nothing since. */
  get isReluctant(): boolean {
    return this.#patience > 2;
  }

  hasAnnounced(piece: number): boolean {
    return this.#announced.has(piece);
  }

  /** False if it says more than anybody could hold. */
  announce(chunk: number, bitmap: Uint8Array): boolean {
    this.#announced.replace(chunk, bitmap);
    if (this.#announced.chunkCount <= MAX_CHUNKS) return true;
    this.#announced.replace(chunk, new Uint8Array());
    return false;
  }

  /** `extraBytes`: beyond what is asked of it at other times. */
  hasRoom(lengthBytes: number, extraBytes = 0): boolean {
    return this.#window.hasRoom(Math.max(0, this.#askedBytes - extraBytes), lengthBytes);
  }

  /** False if it was asked for more pieces lately than it would bear. */
  ask(piece: number, bytes: number, nowMs: number): boolean {
    if (!this.#asks.take(nowMs)) return false;
    this.#former.delete(piece);
    this.#askedBytes += bytes - (this.#asked.get(piece)?.bytes ?? 0);
    this.#asked.set(piece, { bytes, atMs: nowMs });
    return true;
  }

  /** It is not waited for any more, but may have sent the piece already. */
  release(piece: number, nowMs: number): void {
    if (this.#end(piece) !== undefined) this.#former.set(piece, nowMs);
  }

  /** What it was busy with is wanted no longer: it may be asked for something else at once. */
  relieve(): void {
    if (!this.isSilent && !this.isReluctant) this.endRest();
  }

  /** It will not send it. False if it was not asked to. */
  refuse(piece: number): boolean {
    return this.#end(piece) !== undefined;
  }

  expects(piece: number): boolean {
    return this.#asked.has(piece) || this.#former.has(piece);
  }

  /** The piece, or one that is held already, begins to come: no second one is expected. */
  forget(piece: number): void {
    this.#end(piece);
    this.#former.delete(piece);
  }

  came(piece: number, nowMs: number): void {
    const askedBytes = this.#askedBytes;
    const asked = this.#end(piece);
    this.#former.delete(piece);
    this.heard(nowMs);
    this.#patience = 1;
    if (asked === undefined) return;
    this.#window.came(asked.bytes, nowMs - asked.atMs, this.link.rttMs() ?? 0, askedBytes);
  }

  /** It said LATER because it is busy, or has not got it: it is left alone, the longer the more often it does. */
  restFor(delayMs: number, nowMs: number): void {
    // Many pieces asked at once and put off are one refusal.
    if (this.restUntilMs > nowMs) return;
    this.rest(nowMs + Math.max(delayMs, LEAST_REST_MS) * this.#patience);
    this.#patience = Math.min(MAX_PATIENCE, 2 * this.#patience);
    this.#window.putOff();
  }

  /** Nothing came of it for long, though it was asked: returns what it was asked for. */
  fail(nowMs: number): number[] {
    this.letUsDown(nowMs);
    this.#window.failed();
    const pieces = [...this.#asked.keys()];
    for (const piece of pieces) this.release(piece, nowMs);
    return pieces;
  }

  /** How long it has been owing us something without a word. */
  silentMs(nowMs: number): number {
    const [oldest] = this.#asked.values();
    return oldest === undefined ? 0 : nowMs - Math.max(oldest.atMs, this.heardMs);
  }

  forgetOld(nowMs: number): void {
    for (const [piece, sinceMs] of this.#former) if (nowMs - sinceMs > FORMER_MS) this.#former.delete(piece);
  }

  #end(piece: number): Asked | undefined {
    const asked = this.#asked.get(piece);
    if (asked === undefined) return undefined;
    this.#asked.delete(piece);
    this.#askedBytes -= asked.bytes;
    return asked;
  }
}
