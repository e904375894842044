import { decodeJournal, type Entry, encodeEntry, entryBytes, JOURNAL_HEAD } from "./journal.ts";
import { type Place, Places } from "./places.ts";
import { readFrom, type SyncFile, wrote } from "./sync-file.ts";

/** A journal is written anew when it is this much longer than twice what it says. */
const SLACK_BYTES = 65_536;

/** What a content's journal says, and the file that says it: where pieces lie, and the signed manifests of pages. */
export class JournalFile {
  readonly places: Places;
  /** Signed manifests, by page. */
  readonly manifests = new Map<number, Uint8Array>();
  readonly #file: SyncFile;
  #manifestBytes = 0;
  /** How much of the file counts; what a failed write left behind it is written over. */
  #lengthBytes = 0;

  constructor(file: SyncFile) {
    this.#file = file;
    const { entries, lengthBytes } = decodeJournal(allOf(file));
    const told = new Map<number, Place>();
    for (const entry of entries) {
      if (entry.type === "manifest") this.#enter(entry.page, entry.signed);
      else if (entry.type === "piece") told.set(entry.piece, entry);
      else told.delete(entry.piece);
    }
    this.places = Places.from(told);
    this.#lengthBytes = this.#begin(Math.max(lengthBytes, JOURNAL_HEAD.length));
  }

  /** Whether it is written. */
  addManifest(page: number, signed: Uint8Array): boolean {
    if (!this.#append({ type: "manifest", page, signed })) return false;
    this.#enter(page, signed);
    return true;
  }

  /** Whether it is written. */
  addPiece(piece: number, place: Place): boolean {
    return this.#append({ type: "piece", piece, ...place });
  }

  dropPiece(piece: number): void {
    this.#append({ type: "drop", piece });
  }

  #enter(page: number, signed: Uint8Array): void {
    const known = this.manifests.get(page);
    if (known !== undefined) this.#manifestBytes -= entryBytes(known);
    this.manifests.set(page, signed);
    this.#manifestBytes += entryBytes(signed);
  }

  #append(entry: Entry): boolean {
    const bytes = encodeEntry(entry);
    if (this.#lengthBytes === 0 || !wrote(this.#file, bytes, this.#lengthBytes)) return false;
    this.#lengthBytes += bytes.length;
    const saidBytes = this.#manifestBytes + this.places.size * entryBytes();
    if (this.#lengthBytes > 2 * saidBytes + SLACK_BYTES) this.#rewrite();
    return true;
  }

  /**
   * Cuts off what is torn. The head is written each time: the file's time of change then tells when its content was last used. Nothing
   * can be kept where that fails.
   */
  #begin(lengthBytes: number): number {
    try {
      this.#file.truncate(lengthBytes);
      return wrote(this.#file, JOURNAL_HEAD, 0) ? lengthBytes : 0;
    } catch {
      return 0;
    }
  }

  /** Says the same in as few bytes as it takes. Should that fail, the file says less than it could; nothing it says is wrong. */
  #rewrite(): void {
    const entries = [
      ...[...this.manifests].map(([page, signed]) => encodeEntry({ type: "manifest", page, signed })),
      ...[...this.places.all()].map(([piece, place]) => encodeEntry({ type: "piece", piece, ...place })),
    ];
    const parts = [JOURNAL_HEAD, ...entries];
    const bytes = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
    let at = 0;
    for (const part of parts) {
      bytes.set(part, at);
      at += part.length;
    }
    try {
      this.#file.truncate(0);
      this.#lengthBytes = wrote(this.#file, bytes, 0) ? bytes.length : 0;
    } catch {
      // It stays as it is, and longer than need be.
    }
  }
}

function allOf(file: SyncFile): Uint8Array {
  try {
    return readFrom(file, 0, file.getSize()) ?? new Uint8Array();
  } catch {
    return new Uint8Array();
  }
}
