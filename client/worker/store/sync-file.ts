/** A file whose calls answer at once: browsers give workers such handles, one for each file at a time. Every call may throw. */
export interface SyncFile {
  /** How many bytes were read; fewer than asked for where the file ends. */
  read(into: Uint8Array<ArrayBuffer>, options: { readonly at: number }): number;
  write(bytes: Uint8Array<ArrayBuffer>, options: { readonly at: number }): number;
  truncate(sizeBytes: number): void;
  getSize(): number;
  close(): void;
}

/** Whether all of it was written; a full disk or a quota is no fault of ours. */
export function wrote(file: SyncFile, bytes: Uint8Array<ArrayBuffer>, at: number): boolean {
  try {
    return file.write(bytes, { at }) === bytes.length;
  } catch {
    return false;
  }
}

/** The bytes from `at` on, or undefined if the file has fewer or cannot be read. */
export function readFrom(file: SyncFile, at: number, lengthBytes: number): Uint8Array<ArrayBuffer> | undefined {
  try {
    const bytes = new Uint8Array(lengthBytes);
    return file.read(bytes, { at }) === lengthBytes ? bytes : undefined;
  } catch {
    return undefined;
  }
}
