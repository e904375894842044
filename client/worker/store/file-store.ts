import type { PieceStore } from "../../../peer/swarm/demand-ports.ts";
import { sameBytes } from "../../../peer/swarm/manifest-book.ts";
import { JournalFile } from "./journal-file.ts";
import { readFrom, type SyncFile, wrote } from "./sync-file.ts";

/** The pieces of one content in a file, and a journal of what lies where. */
export class FileStore implements PieceStore {
  /** Set by who shares out the browser's room. */
  capacityBytes = 0;
  /** A write failed: there is less room than was thought. */
  onFull: () => void = () => {};
  onClose: () => void = () => {};
  readonly #pieces: SyncFile;
  readonly #journalFile: SyncFile;
  readonly #journal: JournalFile;
  #closed = false;

  constructor(pieces: SyncFile, journal: SyncFile) {
    this.#pieces = pieces;
    this.#journalFile = journal;
    this.#journal = new JournalFile(journal);
  }

  get heldBytes(): number {
    return this.#journal.places.heldBytes;
  }

  has(piece: number): boolean {
    return this.#journal.places.of(piece) !== undefined;
  }

  get(piece: number): Uint8Array<ArrayBuffer> | undefined {
    const place = this.#closed ? undefined : this.#journal.places.of(piece);
    if (place === undefined) return undefined;
    const bytes = readFrom(this.#pieces, place.at, place.lengthBytes);
    if (bytes === undefined) this.drop(piece);
    return bytes;
  }

  put(piece: number, bytes: Uint8Array): boolean {
    if (this.#closed) return false;
    if (this.has(piece)) return true;
    if (this.heldBytes + bytes.length > this.capacityBytes) return false;
    const { places } = this.#journal;
    const place = places.take(piece, bytes.length);
    if (wrote(this.#pieces, owned(bytes), place.at) && this.#journal.addPiece(piece, place)) return true;
    places.free(piece);
    this.capacityBytes = this.heldBytes;
    this.onFull();
    return false;
  }

  drop(piece: number): void {
    if (this.#closed || !this.has(piece)) return;
    const { places } = this.#journal;
    places.free(piece);
    this.#journal.dropPiece(piece);
    if (places.endBytes === 0) cut(this.#pieces);
  }

  *pieces(): Iterable<number> {
    for (const [piece] of this.#journal.places.all()) yield piece;
  }

  putManifest(page: number, signed: Uint8Array): void {
    const known = this.#journal.manifests.get(page);
    if (this.#closed || (known !== undefined && sameBytes(known, signed))) return;
    this.#journal.addManifest(page, signed);
  }

  manifests(): Iterable<Uint8Array> {
    return this.#journal.manifests.values();
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    for (const file of [this.#pieces, this.#journalFile]) {
      try {
        file.close();
      } catch {
        // It is closed already.
      }
    }
    this.onClose();
  }
}

/** Nothing of ours lies in memory shared with others, which is all the type asks. */
function owned(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  return bytes as Uint8Array<ArrayBuffer>;
}

/** Nothing is held: the browser may have the room back. */
function cut(file: SyncFile): void {
  try {
    file.truncate(0);
  } catch {
    // It is as long as it was.
  }
}
