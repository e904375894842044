import { mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/** What the proxy has learnt of its site and keeps over restarts: whether the app has a service worker for the whole site. */
export class SiteMemory {
  readonly #directory: string;
  readonly #path: string;
  #appHasWorker: boolean;

  /** A file that is missing or unreadable counts as nothing learnt. */
  constructor(directory: string) {
    this.#directory = directory;
    this.#path = join(directory, "site.json");
    this.#appHasWorker = readFlag(this.#path);
  }

  get appHasWorker(): boolean {
    return this.#appHasWorker;
  }

  /** Keeps it; throws what the file system throws if it cannot be written (it is remembered until the restart all the same). */
  setAppHasWorker(): void {
    this.#appHasWorker = true;
    mkdirSync(this.#directory, { recursive: true });
    const half = `${this.#path}.new`;
    writeFileSync(half, `${JSON.stringify({ appHasWorker: true })}\n`);
    renameSync(half, this.#path);
  }
}

function readFlag(path: string): boolean {
  try {
    const value: unknown = JSON.parse(readFileSync(path, "utf8"));
    return typeof value === "object" && value !== null && "appHasWorker" in value && value.appHasWorker === true;
  } catch {
    return false;
  }
}
