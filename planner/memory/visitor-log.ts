import type { Clock } from "../../peer/clock.ts";
import type { Log } from "../../peer/log.ts";
import { VisitorFiles } from "./visitor-files.ts";
import { VisitorMemory } from "./visitor-memory.ts";
import type { VisitorRecord } from "./visitor-record.ts";

/** Changes are written together, so long after the first of them: a crash costs no more than that. */
const WRITE_MS = 5_000;
/** After a write that failed. */
const TRY_AGAIN_MS = 600_000;
/** A log this long is worth a new snapshot, or as long as the snapshot if that is longer. */
const MAX_LOG_BYTES = 65_536;

export interface VisitorLogOptions {
  readonly directory: string;
  readonly clock: Clock;
  /** The origin's time, in milliseconds since 1970. */
  readonly originMs: () => number;
  readonly log: Log;
  /** A line of the files that is not as it was written; it was left out. */
  readonly onFault: (fault: "memory-corrupt") => void;
}

/**
 * Visitors' records that outlive this process. Where nothing can be read or written they live in memory, and that is said once: it must not
 * keep the site from being served.
 */
export class VisitorLog {
  readonly memory = new VisitorMemory((record) => this.#changed(record));
  readonly #options: VisitorLogOptions;
  readonly #files: VisitorFiles;
  /** What is not in the files yet, by visitor. */
  readonly #changes = new Map<string, VisitorRecord>();
  /** A whole snapshot is due: what the files end with is not known to be a whole line. */
  #isTorn = false;
  #hasFailed = false;
  #logBytes = 0;
  #snapshotBytes = 0;
  #cancelWrite: (() => void) | undefined;
  #writing: Promise<void> = Promise.resolve();

  constructor(options: VisitorLogOptions) {
    this.#options = options;
    this.#files = new VisitorFiles(options.directory);
    this.#load();
  }

  /** Writes what is not written yet. */
  async close(): Promise<void> {
    this.#cancelWrite?.();
    await this.flush();
  }

  /** Resolves when all changes so far are on the disk, or could not be brought there. */
  flush(): Promise<void> {
    this.#cancelWrite?.();
    this.#cancelWrite = undefined;
    this.#writing = this.#writing.then(() => this.#write());
    return this.#writing;
  }

  #load(): void {
    const { originMs, onFault } = this.#options;
    try {
      const { snapshot, log } = this.#files.read();
      const nowMs = originMs();
      for (const record of [...snapshot.records, ...log.records]) {
        // The clock may have been wrong when it was written.
        this.memory.restore({ ...record, seenMs: Math.min(record.seenMs, nowMs) });
      }
      for (let line = 0; line < snapshot.corrupt + log.corrupt; line += 1) onFault("memory-corrupt");
      this.#isTorn = log.isTorn || log.corrupt + snapshot.corrupt > 0;
      this.#logBytes = log.bytes;
      this.#snapshotBytes = snapshot.bytes;
    } catch (error) {
      this.#failed(error);
    }
  }

  #changed(record: VisitorRecord): void {
    this.#changes.set(record.key, record);
    const delayMs = this.#hasFailed ? TRY_AGAIN_MS : WRITE_MS;
    this.#cancelWrite ??= this.#options.clock.after(delayMs, () => void this.flush());
  }

  async #write(): Promise<void> {
    const changes = [...this.#changes.values()];
    if (changes.length === 0 && !this.#hasFailed) return;
    this.#changes.clear();
    try {
      if (this.#isTorn || this.#logBytes > Math.max(MAX_LOG_BYTES, this.#snapshotBytes)) await this.#replace();
      else this.#logBytes += await this.#files.append(changes);
      this.#hasFailed = false;
    } catch (error) {
      this.#failed(error);
    }
  }

  async #replace(): Promise<void> {
    this.#snapshotBytes = await this.#files.replace(this.memory.all(this.#options.originMs()));
    this.#logBytes = 0;
    this.#isTorn = false;
  }

  /** The next write makes all good, if it can be done. */
  #failed(error: unknown): void {
    const { log, directory } = this.#options;
    this.#isTorn = true;
    if (this.#hasFailed) return;
    this.#hasFailed = true;
    log.warn("what is known of viewers cannot be kept, a restart will forget it", { directory, error: String(error) });
  }
}
