/** A set that can be drawn from: adding, removing and drawing take the same time whatever its size. */
export class Bag<T> {
  readonly #items: T[] = [];
  readonly #places = new Map<T, number>();

  get size(): number {
    return this.#items.length;
  }

  add(item: T): void {
    if (this.#places.has(item)) return;
    this.#places.set(item, this.#items.length);
    this.#items.push(item);
  }

  delete(item: T): void {
    const place = this.#places.get(item);
    const last = this.#items.pop();
    if (place === undefined || last === undefined) {
      if (last !== undefined) this.#items.push(last);
      return;
    }
    this.#places.delete(item);
    if (last === item) return;
    this.#items[place] = last;
    this.#places.set(last, place);
  }

  /** Up to `count` of its items, drawn by chance; a small bag is handed over whole, a large one may give an item twice. */
  sample(count: number, random: () => number): readonly T[] {
    if (this.#items.length <= count) return [...this.#items];
    const drawn: T[] = [];
    for (let draw = 0; draw < count; draw += 1) {
      const item = this.#items[Math.floor(random() * this.#items.length)];
      if (item !== undefined) drawn.push(item);
    }
    return drawn;
  }
}
