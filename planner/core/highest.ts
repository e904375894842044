/** The item with the most points, the first of several; undefined of none. */
export function highest<T>(items: readonly T[], pointsOf: (item: T) => number): T | undefined {
  let best: { item: T; points: number } | undefined;
  for (const item of items) {
    const points = pointsOf(item);
    if (best === undefined || points > best.points) best = { item, points };
  }
  return best?.item;
}
