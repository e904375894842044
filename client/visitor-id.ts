import { VISITOR_KEY } from "../protocol/paths.ts";
import { isSwitchedOff } from "./means.ts";
import { randomHex } from "./worker/random.ts";

/** As long as the planner remembers it. */
const KEPT_MS = 30 * 86_400_000;

/**
 * What the site's planner, and nobody else, may know this browser by from one visit to the next. Undefined where nothing can be kept, the visitor
 * passes nothing on, or the browser is set to ask sites not to follow him (Global Privacy Control).
 */
export function visitorId(): string | undefined {
  try {
    const [id = "", keptMs] = (localStorage.getItem(VISITOR_KEY) ?? "").split(" ");
    const allowed = mayBeKnown();
    // The site's own scripts may have written anything there.
    if (allowed && /^[0-9a-f]{32}$/.test(id) && Date.now() - Number(keptMs) < KEPT_MS) return id;
    localStorage.removeItem(VISITOR_KEY);
    return allowed ? randomHex(16) : undefined;
  } catch {
    return undefined;
  }
}

/** For browsers that have given others something: of all others there is nothing to remember. */
export function keepVisitorId(id: string): void {
  try {
    if (mayBeKnown()) localStorage.setItem(VISITOR_KEY, `${id} ${Date.now()}`);
  } catch {
    // A browser that keeps nothing is new each time.
  }
}

function mayBeKnown(): boolean {
  return !isSwitchedOff() && (navigator as { globalPrivacyControl?: boolean }).globalPrivacyControl !== true;
}
