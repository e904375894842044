import { TokenBucket } from "../peer/token-bucket.ts";

/** Two that were assigned to each other stay a pair so long afterwards: what they said to each other may still be on its way. */
const GRACE_MS = 30_000;
/** An offer, an answer and all their candidates at once, then now and again. */
const MESSAGES_PER_S = 4;
const MESSAGE_BURST = 100;

/** Two viewers that were assigned to each other. */
export interface Pair {
  /** Messages between them, both ways. */
  readonly messages: TokenBucket;
  /** Attempts at a link that failed. */
  failures: number;
}

interface Entry extends Pair {
  /** Parts in swarms that name the other. */
  parts: number;
}

/** Who may talk to whom through the planner. */
export class Pairs {
  readonly #pairs = new Map<string, Entry>();
  /** Pairs that no part names any more, and when they end; the first to end first. */
  readonly #ending = new Map<string, number>();
  readonly #named = new Map<string, readonly number[]>();

  /** `peer`'s part in `swarm` names these others now, and nobody else. */
  assign(swarm: number, peer: number, others: readonly number[], nowMs: number): void {
    const part = `${swarm}/${peer}`;
    const before = this.#named.get(part) ?? [];
    const now = [...new Set(others)];
    if (now.length > 0) this.#named.set(part, now);
    else this.#named.delete(part);
    for (const other of now) this.#hold(keyOf(peer, other), nowMs);
    for (const other of before) this.#release(keyOf(peer, other), nowMs);
  }

  /** The pair, while it is one. */
  of(a: number, b: number): Pair | undefined {
    return this.#pairs.get(keyOf(a, b));
  }

  /** Forgets pairs whose time is over; to be called now and then. */
  purge(nowMs: number): void {
    for (const [key, endsMs] of this.#ending) {
      if (endsMs > nowMs) return;
      this.#ending.delete(key);
      this.#pairs.delete(key);
    }
  }

  #hold(key: string, nowMs: number): void {
    const pair = this.#pairs.get(key) ?? {
      messages: new TokenBucket(MESSAGES_PER_S, MESSAGE_BURST, nowMs),
      failures: 0,
      parts: 0,
    };
    pair.parts += 1;
    this.#pairs.set(key, pair);
    this.#ending.delete(key);
  }

  #release(key: string, nowMs: number): void {
    const pair = this.#pairs.get(key);
    if (pair === undefined) return;
    pair.parts -= 1;
    if (pair.parts === 0) this.#ending.set(key, nowMs + GRACE_MS);
  }
}

function keyOf(a: number, b: number): string {
  return a < b ? `${a}-${b}` : `${b}-${a}`;
}
