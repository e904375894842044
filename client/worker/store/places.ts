/** Where a piece lies in the file. */
export interface Place {
  readonly at: number;
  readonly lengthBytes: number;
}

/**
 * Which piece lies where in one file. Pieces are packed, not put at their own number: browsers count a file's whole length against the
 * quota, holes included. What is dropped leaves room for the next that fits.
 */
export class Places {
  readonly #places = new Map<number, Place>();
  /** Where nothing lies, in order, none touching the next. */
  #holes: Place[] = [];
  #endBytes = 0;
  #heldBytes = 0;

  /** The places that a journal tells of; of two that overlap the later one in the file is left out. */
  static from(told: Iterable<readonly [piece: number, place: Place]>): Places {
    const places = new Places();
    for (const [piece, place] of [...told].sort(([, a], [, b]) => a.at - b.at)) {
      if (place.at < places.#endBytes) continue;
      if (place.at > places.#endBytes) {
        places.#holes.push({ at: places.#endBytes, lengthBytes: place.at - places.#endBytes });
      }
      places.#endBytes = place.at + place.lengthBytes;
      places.#heldBytes += place.lengthBytes;
      places.#places.set(piece, place);
    }
    return places;
  }

  get heldBytes(): number {
    return this.#heldBytes;
  }

  /** How long the file must be. */
  get endBytes(): number {
    return this.#endBytes;
  }

  get size(): number {
    return this.#places.size;
  }

  of(piece: number): Place | undefined {
    return this.#places.get(piece);
  }

  all(): IterableIterator<[number, Place]> {
    return this.#places.entries();
  }

  /** A place for this piece, which has none yet. */
  take(piece: number, lengthBytes: number): Place {
    const place = { at: this.#fit(lengthBytes), lengthBytes };
    this.#places.set(piece, place);
    this.#heldBytes += lengthBytes;
    return place;
  }

  /** The piece's place is free again. */
  free(piece: number): void {
    const place = this.#places.get(piece);
    if (place === undefined) return;
    this.#places.delete(piece);
    this.#heldBytes -= place.lengthBytes;
    this.#dig(place);
  }

  #fit(lengthBytes: number): number {
    const index = this.#holes.findIndex((hole) => hole.lengthBytes >= lengthBytes);
    const hole = this.#holes[index];
    if (hole === undefined) {
      this.#endBytes += lengthBytes;
      return this.#endBytes - lengthBytes;
    }
    const rest = { at: hole.at + lengthBytes, lengthBytes: hole.lengthBytes - lengthBytes };
    this.#holes.splice(index, 1, ...(rest.lengthBytes > 0 ? [rest] : []));
    return hole.at;
  }

  #dig({ at, lengthBytes }: Place): void {
    const next = this.#holes.findIndex((hole) => hole.at > at);
    const index = next === -1 ? this.#holes.length : next;
    const before = this.#holes[index - 1];
    const after = this.#holes[index];
    const joinsBefore = before !== undefined && before.at + before.lengthBytes === at;
    const joinsAfter = after !== undefined && at + lengthBytes === after.at;
    const from = joinsBefore ? before.at : at;
    const to = joinsAfter ? after.at + after.lengthBytes : at + lengthBytes;
    const isLast = to === this.#endBytes;
    if (isLast) this.#endBytes = from;
    const dug = isLast ? [] : [{ at: from, lengthBytes: to - from }];
    this.#holes.splice(index - (joinsBefore ? 1 : 0), (joinsBefore ? 1 : 0) + (joinsAfter ? 1 : 0), ...dug);
  }
}
