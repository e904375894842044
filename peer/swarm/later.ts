// What a LATER says: how long the asker does well to wait.

/** A piece that would wait longer than this for its turn is put off: the asker has time to go elsewhere. */
export const MAX_QUEUE_MS = 400;
/** Whoever asks for what is not here learns better from the next HAVE. */
export const ABSENT_MS = 1_000;
/**
 * What the origin puts a first ask off by, where somebody else was just sent the piece: by then that one has announced it. A LATER of
 * exactly this long says so, and not that the origin is busy.
 */
export const SECOND_ASK_MS = 600;
/** What comes on top of a delay, spread so that all who were put off do not come back together. */
const SPREAD_MS = 200;
/** The longest delay that is told: meanwhile the line may have recovered, or more may be sent. */
const MAX_LATER_MS = 4_000;

/** Milliseconds that a LATER says, where the piece would wait `waitMs` too long (Infinity: nothing may be sent now). */
export function laterMs(waitMs: number, random: () => number): number {
  return Math.min(MAX_LATER_MS, Math.max(0, waitMs) + SPREAD_MS * (1 + random()));
}
