import { readFileSync } from "node:fs";
import { type FileHandle, mkdir, open, rename } from "node:fs/promises";
import { join } from "node:path";
import { type ReadRecords, readRecords, type VisitorRecord, writeRecords } from "./visitor-record.ts";

/** One of the files, read. */
export interface ReadFile extends ReadRecords {
  readonly bytes: number;
}

const NOTHING: ReadFile = { records: [], corrupt: 0, isTorn: false, bytes: 0 };

/**
 * The two files that visitors' records are kept in: a snapshot, and a log of what came after it. Every write is on the disk when it
 * is done. A crash between a snapshot and the emptying of its log leaves a log that says once more what the snapshot says.
 */
export class VisitorFiles {
  readonly #directory: string;
  readonly #log: string;
  readonly #snapshot: string;

  constructor(directory: string) {
    this.#directory = directory;
    this.#log = join(directory, "visitors.log");
    this.#snapshot = join(directory, "visitors.snapshot");
  }

  /** What is in them. Throws what the file system throws, but not for files that are not there. */
  read(): { readonly snapshot: ReadFile; readonly log: ReadFile } {
    return { snapshot: read(this.#snapshot), log: read(this.#log) };
  }

  /** Answers how many bytes that were. */
  async append(records: readonly VisitorRecord[]): Promise<number> {
    await mkdir(this.#directory, { recursive: true });
    return this.#write(this.#log, "a", writeRecords(records));
  }

  /** Puts all records in the place of whatever the files hold; answers how many bytes they are. */
  async replace(records: readonly VisitorRecord[]): Promise<number> {
    await mkdir(this.#directory, { recursive: true });
    const half = `${this.#snapshot}.new`;
    const bytes = await this.#write(half, "w", writeRecords(records));
    await rename(half, this.#snapshot);
    // Only a snapshot that cannot be lost any more makes the log superfluous.
    await syncDirectory(this.#directory);
    await this.#write(this.#log, "w", "");
    return bytes;
  }

  async #write(path: string, flags: "a" | "w", text: string): Promise<number> {
    return withFile(await open(path, flags, 0o600), async (file) => {
      await file.appendFile(text);
      await file.datasync();
      return Buffer.byteLength(text);
    });
  }
}

function read(path: string): ReadFile {
  try {
    const bytes = readFileSync(path);
    return { ...readRecords(bytes.toString()), bytes: bytes.length };
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return NOTHING;
    throw error;
  }
}

/** Windows opens no directories, and needs none of this. */
async function syncDirectory(path: string): Promise<void> {
  if (process.platform === "win32") return;
  await withFile(await open(path, "r"), (directory) => directory.sync());
}

async function withFile<T>(file: FileHandle, use: (file: FileHandle) => Promise<T>): Promise<T> {
  try {
    return await use(file);
  } finally {
    await file.close();
  }
}
