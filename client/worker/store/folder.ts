import { STORE_FOLDER } from "../../../protocol/paths.ts";
import type { Estimate, KeptContent } from "./room.ts";
import type { SyncFile } from "./sync-file.ts";

/** The two files of a content. */
export interface ContentFiles {
  readonly pieces: SyncFile;
  readonly journal: SyncFile;
}

/** Where contents are kept. Nothing rejects. */
export interface Folder {
  /** This content's files, new ones if need be; "full": there is no room for any; "refused" by the browser, or another worker has them. */
  open(content: string): Promise<ContentFiles | "full" | "refused">;
  list(): Promise<Omit<KeptContent, "isOpen">[]>;
  /** Unless it is open in another worker. */
  remove(content: string): Promise<void>;
  estimate(): Promise<Estimate>;
}

/** Files of a content: its name, and which of the two. */
const NAME = /^([0-9a-f]{32})\.(pieces|journal)$/;

/** A file's handle as workers have it: with calls that answer at once. */
interface WorkerFileHandle extends FileSystemFileHandle {
  createSyncAccessHandle(): Promise<SyncFile>;
}

/** The browser's own file system for this site. */
export class BrowserFolder implements Folder {
  async open(content: string): ReturnType<Folder["open"]> {
    try {
      const folder = await this.#folder();
      const journal = await handleOf(folder, `${content}.journal`);
      try {
        return { journal, pieces: await handleOf(folder, `${content}.pieces`) };
      } catch (error) {
        journal.close();
        throw error;
      }
    } catch (error) {
      return error instanceof DOMException && error.name === "QuotaExceededError" ? "full" : "refused";
    }
  }

  async list(): Promise<Omit<KeptContent, "isOpen">[]> {
    const kept = new Map<string, { name: string; bytes: number; usedMs: number }>();
    try {
      for await (const handle of (await this.#folder()).values()) {
        const name = NAME.exec(handle.name)?.[1];
        if (name === undefined || handle.kind !== "file") continue;
        // A file that another worker has open may tell nothing; it is counted by what the browser says of all.
        const file = await handle.getFile().catch(() => undefined);
        const { bytes, usedMs } = kept.get(name) ?? { bytes: 0, usedMs: 0 };
        kept.set(name, {
          name,
          bytes: bytes + (file?.size ?? 0),
          usedMs: Math.max(usedMs, file?.lastModified ?? Number.POSITIVE_INFINITY),
        });
      }
    } catch {
      // What could not be listed is left alone.
    }
    return [...kept.values()];
  }

  async remove(content: string): Promise<void> {
    try {
      const folder = await this.#folder();
      // The journal first: pieces without one are nothing, and are found again by the list.
      for (const kind of ["journal", "pieces"]) await folder.removeEntry(`${content}.${kind}`);
    } catch {
      // It is in use, or gone.
    }
  }

  async estimate(): Promise<Estimate> {
    try {
      const { quota = 0, usage = 0 } = await navigator.storage.estimate();
      return { quotaBytes: quota, usageBytes: usage };
    } catch {
      return { quotaBytes: 0, usageBytes: 0 };
    }
  }

  async #folder(): Promise<FileSystemDirectoryHandle> {
    const root = await navigator.storage.getDirectory();
    return root.getDirectoryHandle(STORE_FOLDER, { create: true });
  }
}

async function handleOf(folder: FileSystemDirectoryHandle, name: string): Promise<SyncFile> {
  const handle = (await folder.getFileHandle(name, { create: true })) as WorkerFileHandle;
  return handle.createSyncAccessHandle();
}
