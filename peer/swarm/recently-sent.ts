/** Whoever was sent a piece has announced it by then, if it ever does. */
const RECENT_MS = 5_000;

interface Sending {
  readonly peer: number;
  readonly atMs: number;
  /** Those whose first ask was put off. */
  readonly putOff: Set<number>;
}

/** To whom the origin sent which piece within the last seconds: another peer gets it only at its second ask (docs/decisions/0008). */
export class RecentlySent {
  /** The oldest first. */
  readonly #sendings = new Map<number, Sending>();

  /** Whether this peer's ask is to be put off; it counts as its first. */
  putsOff(piece: number, peer: number, nowMs: number, isLinked: (peer: number) => boolean): boolean {
    this.#forgetOld(nowMs);
    const sending = this.#sendings.get(piece);
    if (sending === undefined || sending.peer === peer || sending.putOff.has(peer)) return false;
    if (!isLinked(sending.peer)) return false;
    sending.putOff.add(peer);
    return true;
  }

  sent(piece: number, peer: number, nowMs: number): void {
    const putOff = this.#sendings.get(piece)?.putOff ?? new Set();
    this.#sendings.delete(piece);
    this.#sendings.set(piece, { peer, atMs: nowMs, putOff });
  }

  #forgetOld(nowMs: number): void {
    for (const [piece, { atMs }] of this.#sendings) {
      if (nowMs - atMs < RECENT_MS) return;
      this.#sendings.delete(piece);
    }
  }
}
