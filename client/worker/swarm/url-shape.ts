/** A path as a live playlist numbers it: what stays from one segment to the next, and the numbers that do not. */
export interface UrlShape {
  readonly text: string;
  readonly numbers: readonly bigint[];
}

/** Digits longer than this are no counter, and cost time. */
const MAX_DIGITS = 32;

/** The shape of a path (without query). */
export function shapeOf(path: string): UrlShape {
  const runs = new RegExp(`\\d{1,${MAX_DIGITS}}`, "g");
  const numbers = Array.from(path.matchAll(runs), ([digits]) => BigInt(digits));
  return { text: path.replace(runs, "0"), numbers };
}

/** Whether `next` may come after `last` in the same rendition: the same but for its numbers, and the first that differs is higher. */
export function follows(last: UrlShape, next: UrlShape): boolean {
  if (last.text !== next.text) return false;
  for (const [index, number] of next.numbers.entries()) {
    const before = last.numbers[index] ?? 0n;
    if (number !== before) return number > before;
  }
  return false;
}
