import type { Clock } from "../../../peer/clock.ts";
import type { PieceStore } from "../../../peer/swarm/demand-ports.ts";
import { FileStore } from "./file-store.ts";
import type { ContentFiles, Folder } from "./folder.ts";
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
  /** With so much kept a write failed, whatever the browser says of its room (Chromium names 10 GiB to everybody). */
  #fullBytes = Number.POSITIVE_INFINITY;
  /** One look after the other. */
  #reviewed = Promise.resolve();

  constructor(clock: Clock, folder: Folder) {
    this.#clock = clock;
    this.#folder = folder;
  }

  /** What is kept of this content, to be closed when it is in use no more; in memory where the browser gives no files. */
  async open(content: string): Promise<PieceStore> {
    const files = this.#open.has(content) ? undefined : await this.#files(content, OPEN_TRIES);
    if (files === undefined) return new MemoryStore();
    const store = new FileStore(files.pieces, files.journal);
    this.#open.set(content, store);
    store.onClose = () => this.#closed(content, store);
    store.onFull = () => void this.#review("full");
    await this.#review();
    return store;
  }

  async #files(content: string, tries: number): Promise<ContentFiles | undefined> {
    const files = await this.#folder.open(content);
    if (typeof files === "object") return files;
    if (tries === 1) return undefined;
    if (files === "full") await this.#review("full");
    else await new Promise<void>((resolve) => this.#clock.after(OPEN_PAUSE_MS, resolve));
    return this.#files(content, tries - 1);
  }

  #closed(content: string, store: FileStore): void {
    if (this.#open.get(content) === store) this.#open.delete(content);
    if (this.#open.size > 0) return;
    this.#cancelReview?.();
    this.#cancelReview = undefined;
  }

  #review(why?: "full"): Promise<void> {
    this.#reviewed = this.#reviewed.then(() => this.#look(why === "full"));
    return this.#reviewed;
  }

  /** Forgets what there is no room for, and tells the open contents how much they may hold. */
  async #look(isFull: boolean): Promise<void> {
    this.#cancelReview?.();
    const [kept, estimate] = await Promise.all([this.#folder.list(), this.#folder.estimate()]);
    const contents = kept.map((content) => this.#known(content));
    const oursBytes = contents.reduce((sum, { bytes }) => sum + bytes, 0);
    if (isFull) this.#fullBytes = oursBytes;
    const allowed = Math.min(this.#fullBytes, allowedBytes(estimate, oursBytes));
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
