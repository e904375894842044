import type { Clock } from "../peer/clock.ts";

/** The browser's time. */
export const clock: Clock = {
  nowMs: () => performance.now(),
  after(delayMs, run) {
    const timer = setTimeout(run, delayMs);
    return () => clearTimeout(timer);
  },
};
