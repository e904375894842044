/** How long what follows a reader that stopped is still fetched: players ask for one part after another. */
const LINGER_MS = 10_000;

/** Where a reader is, and how far it will go at least (exclusive). */
export interface Reading {
  readonly piece: number;
  readonly endPiece: number;
}

interface Entry extends Reading {
  /** Infinity while it reads. */
  readonly untilMs: number;
}

/** Who reads where, and who did until a moment ago. */
export class Readers {
  readonly #entries = new Map<object, Entry>();

  read(reader: object, piece: number, endPiece: number): void {
    this.#entries.set(reader, { piece, endPiece, untilMs: Number.POSITIVE_INFINITY });
  }

  stop(reader: object, nowMs: number): void {
    const entry = this.#entries.get(reader);
    if (entry !== undefined) this.#entries.set(reader, { ...entry, untilMs: nowMs + LINGER_MS });
  }

  /** What is fetched: ahead of those who read now; only if there are none, of those who did. */
  fetched(nowMs: number): Reading[] {
    const kept = this.kept(nowMs);
    const reading = kept.filter(({ untilMs }) => untilMs === Number.POSITIVE_INFINITY);
    return reading.length > 0 ? reading : kept;
  }

  /** What must stay here: ahead of those who read now or did a moment ago. */
  kept(nowMs: number): Entry[] {
    for (const [reader, { untilMs }] of this.#entries) if (untilMs <= nowMs) this.#entries.delete(reader);
    return [...this.#entries.values()];
  }
}
