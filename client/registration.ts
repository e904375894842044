import { PREFIX, WORKER_PATH } from "../protocol/paths.ts";
import { config } from "./config.ts";
import { scriptUrl } from "./trusted.ts";

/** The app removes registrations it does not know: after this many times we leave it its way. */
const MAX_REMOVED = 3;
const REMOVED_KEY = "tuber-removed";
const REGISTERED_KEY = "tuber-registered";
const UPDATED_KEY = "tuber-updated";
const DAY_MS = 86_400_000;

/** Whose service worker this page has. `app`: one without our script's URL, perhaps with our code in front of it. */
export type Registered =
  | { readonly owner: "tuber" | "app"; readonly registration: ServiceWorkerRegistration }
  | { readonly owner: "none"; readonly why: string };

/** Registers our service worker unless the app has, or is known to want, one of its own for this scope. Never rejects. */
export async function ensureRegistered(): Promise<Registered> {
  try {
    const current = await navigator.serviceWorker.getRegistration();
    if (current && !isOurs(current)) return { owner: "app", registration: current };
    // The app registers its own worker by itself, with our code in front; two registrations of one scope would fight on every
    // load. What we registered before the app was known to have one serves until then.
    if (config.appHasWorker) return { owner: "app", registration: current ?? (await navigator.serviceWorker.ready) };
    if (!current && isUnwanted())
      return { owner: "none", why: "the site removes service workers that are not its own" };
    const registration = await navigator.serviceWorker.register(scriptUrl(WORKER_PATH), {
      scope: "/",
      updateViaCache: "none",
    });
    remember(REGISTERED_KEY, "1");
    return { owner: "tuber", registration };
  } catch (error) {
    return { owner: "none", why: `the browser refused our service worker (${String(error)})` };
  }
}

/** The app's worker was installed before Tuber came: ask the browser for the newer one, at most once a day. */
export function refreshAppWorker(registration: ServiceWorkerRegistration): void {
  const lastMs = Number(recall(UPDATED_KEY) ?? 0);
  if (Date.now() - lastMs < DAY_MS) return;
  remember(UPDATED_KEY, String(Date.now()));
  void registration.update().catch(() => undefined);
}

function isOurs(registration: ServiceWorkerRegistration): boolean {
  const worker = registration.active ?? registration.waiting ?? registration.installing;
  return worker !== null && new URL(worker.scriptURL).pathname.startsWith(PREFIX);
}

function isUnwanted(): boolean {
  const removed = Number(recall(REMOVED_KEY) ?? 0) + (recall(REGISTERED_KEY) === null ? 0 : 1);
  remember(REMOVED_KEY, String(removed));
  return removed >= MAX_REMOVED;
}

function recall(key: string): string | null {
  try {
    return localStorage.getItem(key);
  } catch {
    return null;
  }
}

function remember(key: string, value: string): void {
  try {
    localStorage.setItem(key, value);
  } catch {
    // Storage is refused or full: we forget, and ask once more next time.
  }
}
