import { Bag } from "./bag.ts";

/** Bags in a row, found by a small whole number such as a depth; it grows as it is filled. */
export class Shelf<T> {
  readonly #bags: Bag<T>[] = [];

  /** One more than the largest number with a bag. */
  get length(): number {
    return this.#bags.length;
  }

  /** The bag of that number, made if need be. */
  at(number: number): Bag<T> {
    for (let next = this.#bags.length; next <= number; next += 1) this.#bags.push(new Bag());
    return this.#bags[number] ?? new Bag();
  }

  /** The bag of that number, if there is one. */
  peek(number: number): Bag<T> | undefined {
    return this.#bags[number];
  }

  /** Items in all bags. */
  count(): number {
    return this.#bags.reduce((sum, bag) => sum + bag.size, 0);
  }
}
