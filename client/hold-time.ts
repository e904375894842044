/** A held video waits this long for the first visit's service worker, */
const HOLD_MS = 700;
/** and this long for one that is on its way: a busy machine takes a second to start it. */
const MOST_MS = 2_000;
const LOOK_AGAIN_MS = 50;

/** Calls `end` when a held video has waited long enough; `isComing`: the service worker is on its way. The answer stops that. */
export function holdTime(isComing: () => boolean, end: () => void): () => void {
  let timer: number;
  const look = (waitedMs: number): void => {
    if (waitedMs >= MOST_MS || !isComing()) return end();
    timer = setTimeout(() => look(waitedMs + LOOK_AGAIN_MS), LOOK_AGAIN_MS);
  };
  timer = setTimeout(() => look(HOLD_MS), HOLD_MS);
  return () => clearTimeout(timer);
}
