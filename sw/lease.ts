import { cacheNames } from "workbox-core/_private/cacheNames.js";
import { LEASE_HEADER, LEASE_PATH } from "../protocol/paths.ts";
import type { Scope } from "./scope.ts";

/** How long Tuber is believed to stand in front of the site without being asked. */
const LEASE_MS = 600_000;
const DOUBTED_LEASE_MS = 10_000;

/**
 * The kill switch: no answer at our script's URL can remove a service worker, so it removes itself. Once the lease is old it
 * asks; any definite answer that is not Tuber's means that Tuber is gone. A network error or a 5xx means nothing.
 */
export class Lease {
  readonly #scope: Scope;
  #checking: Promise<void> | undefined;
  #checkedMs = 0;
  #dead = false;

  constructor(scope: Scope) {
    this.#scope = scope;
  }

  /** Tuber is known to be gone: new pages are left alone. */
  isDead(): boolean {
    return this.#dead;
  }

  /**
   * Asks once the lease is older than ten minutes, or (`doubt`: a page without our script has turned up) older than ten
   * seconds; safe to call at every event.
   */
  check(doubt: boolean): Promise<void> {
    const validMs = doubt ? DOUBTED_LEASE_MS : LEASE_MS;
    if (Date.now() - this.#checkedMs < validMs) return Promise.resolve();
    this.#checking ??= this.#check(validMs).finally(() => {
      this.#checking = undefined;
    });
    return this.#checking;
  }

  async #check(validMs: number): Promise<void> {
    const cache = await caches.open(cacheNames.getRuntimeName());
    const kept = await cache.match(LEASE_PATH);
    this.#checkedMs = Number((await kept?.text()) ?? 0);
    if (Date.now() - this.#checkedMs < validMs) return;
    const standing = await askLease();
    if (standing === "unknown") return;
    if (standing === "gone") return this.#die();
    this.#checkedMs = Date.now();
    await cache.put(LEASE_PATH, new Response(String(this.#checkedMs)));
  }

  async #die(): Promise<void> {
    this.#dead = true;
    for (const name of await caches.keys()) if (name.startsWith("tuber-")) await caches.delete(name);
    await this.#scope.registration.unregister();
  }
}

async function askLease(): Promise<"held" | "gone" | "unknown"> {
  try {
    const response = await fetch(LEASE_PATH, { cache: "no-store", redirect: "manual" });
    if (response.headers.has(LEASE_HEADER)) return "held";
    return response.type === "opaqueredirect" || response.status < 500 ? "gone" : "unknown";
  } catch {
    return "unknown";
  }
}
