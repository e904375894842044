/** First pause after a failure. */
const FIRST_MS = 1_000;
/** Longest pause: a proxy that was away for a night is found again within this. */
const LONGEST_MS = 600_000;

/**
 * The pause before attempt number `failures` (1 = after the first failure), in ms: doubles from 1 s to 10 min, each shortened by
 * up to half so that clients that failed together do not come back together. `random` is in [0, 1).
 */
export function backoffMs(failures: number, random: number): number {
  const doublings = Math.min(Math.max(failures, 1) - 1, 20);
  const fullMs = Math.min(FIRST_MS * 2 ** doublings, LONGEST_MS);
  return Math.max(FIRST_MS, fullMs * (1 - random / 2));
}
