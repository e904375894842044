import type { Manifest } from "../../protocol/manifest.ts";
import { MAX_BITMAP_BYTES } from "../../protocol/swarm-frame.ts";
import type { Segment } from "./segment.ts";

/** Manifests kept at most, whatever their age: half a minute of LL-HLS parts is about a hundred. */
const MAX_SEGMENTS = 256;

export interface HoldingsLimits {
  readonly keepMs: number;
  readonly keepBytes: number;
}

/** The swarm's newest segments as far as they are here, oldest first; old ones go by age, or sooner where bytes are short. */
export class Holdings {
  readonly #limits: HoldingsLimits;
  readonly #segments: Segment[] = [];
  #bytes = 0;
  /** Pieces below are gone for good: an old manifest that comes again brings nothing back. */
  #floorPiece = 0;
  /** Origin time of the oldest segment that is wanted: newcomers are told of older ones too. */
  #wantedFromMs: number | undefined;

  constructor(limits: HoldingsLimits) {
    this.#limits = limits;
  }

  get segments(): readonly Segment[] {
    return this.#segments;
  }

  get newest(): Segment | undefined {
    return this.#segments.at(-1);
  }

  /** Whether the manifest is of use: not known, not too old, and not at odds with a known one. */
  accepts(manifest: Manifest): boolean {
    const firstPiece = manifest.firstPiece;
    const endPiece = firstPiece + manifest.hashes.length;
    if (firstPiece < this.#floorPiece) return false;
    return this.#segments.every((known) => endPiece <= known.firstPiece || firstPiece >= known.endPiece);
  }

  add(segment: Segment): void {
    this.#wantedFromMs ??= segment.manifest.timeMs;
    const after = this.#segments.findLastIndex((known) => known.firstPiece < segment.firstPiece);
    this.#segments.splice(after + 1, 0, segment);
    if (this.#segments.length > MAX_SEGMENTS) this.#dropOldest();
  }

  /** The segments to be had that are not whole. The first manifest seen begins them, or what the player asked for. */
  wanted(): Segment[] {
    const fromMs = this.#wantedFromMs ?? 0;
    return this.#segments.filter((segment) => segment.missing > 0 && segment.manifest.timeMs >= fromMs);
  }

  /** The player waits for this piece and what follows it in its segment; that segment and all later ones are wanted now. */
  need(piece: number, deadlineMs: number): void {
    const segment = this.segmentOf(piece);
    if (segment === undefined) return;
    segment.need(piece, deadlineMs);
    this.#wantedFromMs = Math.min(this.#wantedFromMs ?? segment.manifest.timeMs, segment.manifest.timeMs);
  }

  segmentOf(piece: number): Segment | undefined {
    for (let at = this.#segments.length - 1; at >= 0; at -= 1) {
      const segment = this.#segments[at];
      if (segment !== undefined && piece >= segment.firstPiece) return segment.contains(piece) ? segment : undefined;
    }
    return undefined;
  }

  piece(piece: number): Uint8Array | undefined {
    return this.segmentOf(piece)?.piece(piece);
  }

  /** False if no known segment lacks this piece. */
  put(piece: number, bytes: Uint8Array): boolean {
    if (this.segmentOf(piece)?.put(piece, bytes) !== true) return false;
    this.#bytes += bytes.length;
    while (this.#bytes > this.#limits.keepBytes && this.#segments.length > 1) this.#dropOldest();
    return true;
  }

  /** Drops what is too old; true if anything was. */
  trim(nowMs: number): boolean {
    const before = this.#segments.length;
    for (let oldest = this.#segments[0]; oldest !== undefined; oldest = this.#segments[0]) {
      if (nowMs - oldest.cameMs <= this.#limits.keepMs) break;
      this.#dropOldest();
    }
    return this.#segments.length < before;
  }

  /** What a HAVE says: a bitmap of the newest pieces, as many as fit one; undefined if nothing is here. */
  have(): { readonly base: number; readonly bitmap: Uint8Array } | undefined {
    const newest = this.#newestHeld();
    if (newest === undefined) return undefined;
    const oldest = this.#segments[0]?.firstPiece ?? 0;
    const base = Math.max(oldest, newest + 1 - 8 * MAX_BITMAP_BYTES);
    const bitmap = new Uint8Array(((newest - base) >> 3) + 1);
    for (const segment of this.#segments) {
      for (let piece = Math.max(base, segment.firstPiece); piece < segment.endPiece; piece += 1) {
        if (segment.piece(piece) === undefined) continue;
        const at = piece - base;
        bitmap[at >> 3] = (bitmap[at >> 3] ?? 0) | (1 << (at & 7));
      }
    }
    return { base, bitmap };
  }

  #newestHeld(): number | undefined {
    for (let at = this.#segments.length - 1; at >= 0; at -= 1) {
      const segment = this.#segments[at];
      if (segment === undefined || segment.heldBytes === 0) continue;
      for (let piece = segment.endPiece - 1; piece >= segment.firstPiece; piece -= 1) {
        if (segment.piece(piece) !== undefined) return piece;
      }
    }
    return undefined;
  }

  #dropOldest(): void {
    const dropped = this.#segments.shift();
    if (dropped === undefined) return;
    this.#bytes -= dropped.heldBytes;
    this.#floorPiece = Math.max(this.#floorPiece, dropped.endPiece);
  }
}
