import { LRUCache } from "lru-cache";
import type { Answer, Exchange } from "../exchange.ts";
import type { DeliveredRange } from "./deliverable.ts";

/** What `/status` says of one content that went over links. */
export interface ContentStatus {
  /** Path without query: queries may hold tokens. */
  readonly path: string;
  readonly type: string;
  /** Bytes of the whole content; null if the app did not say. */
  readonly totalBytes: number | null;
  /** Notes written for it. */
  readonly notes: number;
}

/** The contents delivered lately; the oldest are forgotten. */
export class Contents {
  readonly #recent = new LRUCache<string, ContentStatus>({ max: 200 });

  noted(exchange: Exchange, answer: Answer, range: DeliveredRange): void {
    const path = exchange.target.split("?", 1)[0] ?? "";
    const key = `${path} ${answer.headers.get("etag") ?? ""} ${range.total}`;
    const notes = (this.#recent.get(key)?.notes ?? 0) + 1;
    this.#recent.set(key, { path, type: answer.headers.get("content-type") ?? "", totalBytes: range.total, notes });
  }

  /** Newest first. */
  list(): ContentStatus[] {
    return [...this.#recent.values()];
  }
}
