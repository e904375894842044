import type { BytePath } from "../protocol/page-port.ts";
import type { Pages } from "./pages.ts";

/** How often pages hear what came for them. */
const REPORT_MS = 200;

/** Counts media bytes by page and path, and open answers; pages hear of both (they keep the totals, we may be stopped). */
export class Tally {
  readonly #pages: Pages;
  readonly #unreported = new Map<string, Partial<Record<BytePath, number>>>();
  #open = 0;
  #timer: number | undefined;

  constructor(pages: Pages) {
    this.#pages = pages;
  }

  count(clientId: string, path: BytePath, bytes: number): void {
    const counts = this.#unreported.get(clientId) ?? {};
    counts[path] = (counts[path] ?? 0) + bytes;
    this.#unreported.set(clientId, counts);
    this.#timer ??= setTimeout(() => this.#report(), REPORT_MS);
  }

  /** An answer is open; the returned function says it is not (calling it twice does no harm). */
  opened(): () => void {
    if (this.#open++ === 0) void this.#pages.tellAll({ type: "busy", busy: true });
    let open = true;
    return () => {
      if (!open) return;
      open = false;
      if (--this.#open === 0) void this.#pages.tellAll({ type: "busy", busy: false });
    };
  }

  #report(): void {
    this.#timer = undefined;
    for (const [clientId, counts] of this.#unreported) void this.#pages.tell(clientId, { type: "bytes", ...counts });
    this.#unreported.clear();
  }
}
