import type { Clock } from "../peer/clock.ts";

/** The longest delay a Node timer keeps; a longer one would fire at once. */
const MAX_DELAY_MS = 2_147_483_647;

/** The real clock. Its timers do not keep the process alive: whoever waits for one also holds a socket. */
export function createClock(): Clock {
  return {
    nowMs: () => performance.now(),
    after(delayMs, run) {
      const timer = setTimeout(run, Math.min(delayMs, MAX_DELAY_MS));
      timer.unref();
      return () => clearTimeout(timer);
    },
  };
}
