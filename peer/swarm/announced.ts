/**
 * What a linked peer says it holds: its last HAVE, and single pieces learned since. A HAVE is whole and links keep order, so each
 * one replaces all that was known before.
 */
export class Announced {
  #base = 0;
  #bitmap: Uint8Array = new Uint8Array();
  readonly #since = new Set<number>();

  replace(base: number, bitmap: Uint8Array): void {
    this.#base = base;
    this.#bitmap = bitmap;
    this.#since.clear();
  }

  add(piece: number): void {
    this.#since.add(piece);
  }

  has(piece: number): boolean {
    const at = piece - this.#base;
    const byte = at < 0 ? 0 : (this.#bitmap[at >> 3] ?? 0);
    return (byte & (1 << (at & 7))) !== 0 || this.#since.has(piece);
  }
}
