/** Asks that the origin put off and that are to be repeated; while there are so many, it is asked for nothing new. */
const MOST_BYTES = 4 * 1_048_576;
/** What is put off for longer than this cannot be had, and keeps nobody from asking for something else. */
const LONG_MS = 5_000;
/** Who is in no hurry gives others this much longer to announce it. */
const PATIENCE_MS = 1_000;

interface PutOff {
  readonly untilMs: number;
  /** Bytes that count as being asked for; 0 for what cannot be had. */
  readonly bytes: number;
}

/** Pieces that the origin does not send now: somebody else is just getting them, or they cannot be had. */
export class PutOffPieces {
  readonly #pieces = new Map<number, PutOff>();

  /** Whether it can be had at all. */
  add(piece: number, bytes: number, delayMs: number, nowMs: number): boolean {
    const isToBeHad = delayMs <= LONG_MS;
    this.#pieces.set(piece, { untilMs: nowMs + delayMs, bytes: isToBeHad ? bytes : 0 });
    return isToBeHad;
  }

  /** Whether the origin is not to be asked for it yet. */
  has(piece: number, isUrgent: boolean, nowMs: number): boolean {
    const untilMs = this.#pieces.get(piece)?.untilMs;
    return untilMs !== undefined && nowMs < untilMs + (isUrgent ? 0 : PATIENCE_MS);
  }

  isFull(nowMs: number): boolean {
    let bytes = 0;
    for (const putOff of this.#pieces.values()) if (putOff.untilMs > nowMs) bytes += putOff.bytes;
    return bytes >= MOST_BYTES;
  }

  delete(piece: number): void {
    this.#pieces.delete(piece);
  }

  forgetOld(nowMs: number): void {
    for (const [piece, { untilMs }] of this.#pieces) {
      if (nowMs > untilMs + PATIENCE_MS) this.#pieces.delete(piece);
    }
  }
}
