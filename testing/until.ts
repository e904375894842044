import { setTimeout as pause } from "node:timers/promises";

/** Between looks at something that sends no event: another process's port, state or counter. */
const LOOK_AGAIN_MS = 20;

/** The first true value of `look`, for things outside this process that tell nobody when they change. Rejects after `timeoutMs`. */
export async function until<T>(
  look: () => Promise<T> | T,
  what: string,
  timeoutMs = 15_000,
): Promise<Exclude<T, false | undefined | null>> {
  const endMs = performance.now() + timeoutMs;
  for (;;) {
    const value = await look();
    if (value !== false && value !== undefined && value !== null) return value as Exclude<T, false | undefined | null>;
    if (performance.now() > endMs) throw new Error(`not within ${timeoutMs} ms: ${what}`);
    await pause(LOOK_AGAIN_MS);
  }
}
