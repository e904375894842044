import type { VisitorRecord } from "./visitor-record.ts";

/** Who has not been here for so long is forgotten, for better or worse. */
export const REMEMBERED_MS = 30 * 86_400_000;
/** The busiest month of a big site; some 2.5 MB on disk. Beyond, those who were here longest ago are forgotten first. */
const MAX_VISITORS = 20_000;

/** Visitors' records, in memory. */
export class VisitorMemory {
  readonly #onPut: (record: VisitorRecord) => void;
  /** Who was put last stands last. */
  readonly #records = new Map<string, VisitorRecord>();

  /** `onPut` hears of each record that is new or another one than before. */
  constructor(onPut: (record: VisitorRecord) => void = () => {}) {
    this.#onPut = onPut;
  }

  /** What is known of this visitor. */
  of(key: string, nowMs: number): VisitorRecord | undefined {
    const record = this.#records.get(key);
    return record === undefined || hasExpired(record, nowMs) ? undefined : record;
  }

  put(record: VisitorRecord): void {
    this.restore(record);
    this.#onPut(record);
  }

  /** Takes a record from where it was kept; a later one of the same visitor counts. */
  restore(record: VisitorRecord): void {
    this.#records.delete(record.key);
    this.#records.set(record.key, record);
    for (const oldest of this.#records.keys()) {
      if (this.#records.size <= MAX_VISITORS) break;
      this.#records.delete(oldest);
    }
  }

  /** All that is worth keeping. */
  all(nowMs: number): VisitorRecord[] {
    for (const [key, record] of this.#records) if (hasExpired(record, nowMs)) this.#records.delete(key);
    return [...this.#records.values()];
  }
}

function hasExpired({ seenMs }: VisitorRecord, nowMs: number): boolean {
  return nowMs - seenMs > REMEMBERED_MS;
}
