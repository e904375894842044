import type { Clock } from "../../../peer/clock.ts";
import type { PieceStore } from "../../../peer/swarm/demand-ports.ts";
import { FileStore } from "./file-store.ts";
import type { Folder } from "./folder.ts";
import { MemoryStore } from "./memory-store.ts";
import { allowedBytes, growthBytes, type KeptContent, toForget } from "./room.ts";

/** How often room is looked for while contents are open. */
const REVIEW_MS = 30_000;
/** The worker of a page that was just left lets go of its files a moment later. */
const OPEN_TRIES = 5;
const OPEN_PAUSE_MS = 200;

/** The contents this browser keeps, those in use and those of earlier visits. */
export class Stores {
  readonly #clock: Clock;
  readonly #folder: Folder;
  readonly #open = new Map<string, FileStore>();
  #cancelReview: (() => void) | undefined;
  /** One look after the other. */
  #reviewed = Promise.resolve();

  constructor(clock: Clock, folder: Folder) {
    this.#clock = clock;
    this.#folder = folder;
  }

  /** What is kept of this content, to be closed when it is in use no more; in memory where the browser gives no files. */
  async open(content: string): Promise<PieceStore> {
    const files = this.#open.has(content) ? undefined : await this.#files(content);
    if (files === undefined) return new MemoryStore();
    const store = new FileStore(files.pieces, files.journal);
    this.#open.set(content, store);
    store.onClose = () => this.#closed(content, store);
    store.onFull = () => void this.#review();
    await this.#review();
    return store;
  }

  async #files(content: string): ReturnType<Folder["open"]> {
    for (let tries = 1; ; tries += 1) {
      const files = await this.#folder.open(content);
      if (files !== undefined || tries === OPEN_TRIES) return files;
      await new Promise<void>((resolve) => this.#clock.after(OPEN_PAUSE_MS, resolve));
    }
  }

  #closed(content: string, store: FileStore): void {
    if (this.#open.get(content) === store) this.#open.delete(content);
    if (this.#open.size > 0) return;
    this.#cancelReview?.();
    this.#cancelReview = undefined;
  }

  #review(): Promise<void> {
    this.#reviewed = this.#reviewed.then(() => this.#look());
    return this.#reviewed;
  }

  /** Forgets what there is no room for, and tells the open contents how much they may hold. */
  async #look(): Promise<void> {
    this.#cancelReview?.();
    const [kept, estimate] = await Promise.all([this.#folder.list(), this.#folder.estimate()]);
    const contents = kept.map((content) => this.#known(content));
    const oursBytes = contents.reduce((sum, { bytes }) => sum + bytes, 0);
    const allowed = allowedBytes(estimate, oursBytes);
    const forgotten = new Set(toForget(contents, allowed));
    for (const { name } of forgotten) if (!this.#open.has(name)) await this.#folder.remove(name);
    const growth = growthBytes(
      contents.filter((content) => !forgotten.has(content)),
      allowed,
    );
    for (const store of this.#open.values()) store.capacityBytes = Math.max(0, store.heldBytes + growth);
    if (this.#open.size > 0) this.#cancelReview = this.#clock.after(REVIEW_MS, () => void this.#review());
  }

  #known(content: Omit<KeptContent, "isOpen">): KeptContent {
    const store = this.#open.get(content.name);
    return { ...content, bytes: store?.heldBytes ?? content.bytes, isOpen: store !== undefined };
  }
}
