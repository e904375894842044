/** A peer that was asked and sent nothing for this long is not waited for: then it is somebody else's turn. */
const PATIENCE_MS = 600;
/** A piece that dribbles in is not waited for longer than this. */
const MAX_TRANSFER_MS = 2_000;

interface Ask {
  readonly peer: number;
  readonly sinceMs: number;
  /** When it was asked for, or a part of it last came. */
  heardMs: number;
}

/** Which missing piece is on its way from whom: asked for, or partly here. */
export class Asks {
  readonly #asks = new Map<number, Ask>();

  asked(piece: number, peer: number, nowMs: number): void {
    this.#asks.set(piece, { peer, sinceMs: nowMs, heardMs: nowMs });
  }

  /** A part of the piece came. */
  progress(piece: number, peer: number, nowMs: number): void {
    const ask = this.#asks.get(piece);
    if (ask?.peer === peer) ask.heardMs = nowMs;
    else if (ask === undefined || !isFresh(ask, nowMs)) this.asked(piece, peer, nowMs);
  }

  /** Whether the piece can be expected without asking (again). */
  underWay(piece: number, nowMs: number): boolean {
    const ask = this.#asks.get(piece);
    return ask !== undefined && isFresh(ask, nowMs);
  }

  /** Who was asked for it and did not bring it in time. */
  unanswered(piece: number, nowMs: number): number | undefined {
    const ask = this.#asks.get(piece);
    return ask === undefined || isFresh(ask, nowMs) ? undefined : ask.peer;
  }

  /** The piece came, or is wanted no longer. */
  end(piece: number): void {
    this.#asks.delete(piece);
  }

  /** This peer will not bring it. */
  failed(piece: number, peer: number): void {
    if (this.#asks.get(piece)?.peer === peer) this.#asks.delete(piece);
  }

  /** This peer will bring nothing. */
  lost(peer: number): void {
    for (const [piece, ask] of this.#asks) if (ask.peer === peer) this.#asks.delete(piece);
  }

  /** Forgets pieces below this one. */
  forgetBelow(piece: number): void {
    for (const asked of this.#asks.keys()) if (asked < piece) this.#asks.delete(asked);
  }
}

function isFresh(ask: Ask, nowMs: number): boolean {
  return nowMs - ask.heardMs < PATIENCE_MS && nowMs - ask.sinceMs < MAX_TRANSFER_MS;
}
