import type { DemandHoldings } from "./demand-holdings.ts";
import type { ReadingWindow } from "./reading-window.ts";
import type { StoredPieces } from "./stored-pieces.ts";

/** Dropping looks at every piece, so more is dropped at once than must be: this share of the store, and at most so much. */
const SPARE_SHARE = 1 / 64;
const MOST_SPARE_BYTES = 8 * 1_048_576;

export interface PieceRoomPorts {
  readonly holdings: DemandHoldings;
  readonly stored: StoredPieces;
  /** How many others hold it. */
  readonly holders: (piece: number) => number;
  /** What readers are about to read. */
  readonly windows: () => readonly ReadingWindow[];
}

/** Makes room in the store: what most others hold goes first, and nothing that somebody is about to read. */
export class PieceRoom {
  readonly #ports: PieceRoomPorts;

  constructor(ports: PieceRoomPorts) {
    this.#ports = ports;
  }

  /** Whether there is room for this piece now. */
  makeFor(piece: number, lengthBytes: number): boolean {
    const { holdings, stored, windows } = this.#ports;
    if (holdings.excessBytes(lengthBytes) <= 0) return true;
    for (const unknown of [...stored.unknown()]) {
      if (holdings.excessBytes(lengthBytes) <= 0) return true;
      stored.drop(unknown);
    }
    const spareBytes = Math.min(MOST_SPARE_BYTES, holdings.capacityBytes * SPARE_SHARE);
    const kept = windows();
    this.#drop(this.#outside(kept), lengthBytes, spareBytes);
    const isNear = kept.some((window) => piece >= window.piece && piece < window.nearEnd);
    if (isNear) this.#drop(this.#farAhead(kept), lengthBytes, 0);
    return holdings.excessBytes(lengthBytes) <= 0;
  }

  #drop(candidates: readonly number[], lengthBytes: number, spareBytes: number): void {
    const { holdings } = this.#ports;
    if (holdings.excessBytes(lengthBytes) <= 0) return;
    for (const piece of candidates) {
      if (holdings.excessBytes(lengthBytes + spareBytes) <= 0) return;
      holdings.drop(piece);
    }
  }

  /** Pieces that no reader is about to read, what most others hold first. */
  #outside(windows: readonly ReadingWindow[]): number[] {
    const candidates: { piece: number; holders: number }[] = [];
    for (const piece of this.#ports.holdings.kept()) {
      if (windows.some((window) => piece >= window.piece && piece < window.endPiece)) continue;
      candidates.push({ piece, holders: this.#ports.holders(piece) });
    }
    return candidates.sort((a, b) => b.holders - a.holders).map(({ piece }) => piece);
  }

  /** Pieces that are near no reader, the furthest ahead first. */
  #farAhead(windows: readonly ReadingWindow[]): number[] {
    const far = [...this.#ports.holdings.kept()].filter((piece) =>
      windows.every((window) => piece < window.piece || piece >= window.nearEnd),
    );
    return far.sort((a, b) => b - a);
  }
}
