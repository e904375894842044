import type { Readable } from "node:stream";

/** One thing the site serves: its facts, and its bytes from any place on. */
export interface Resource {
  readonly type: string;
  readonly sizeBytes: number;
  /** A strong validator, quotes included. */
  readonly etag: string;
  readonly modified: Date;
  readonly cacheControl: string;
  /** Further headers, such as Content-Disposition. */
  readonly headers?: Readonly<Record<string, string>>;
  /** The bytes `[start, end)`. */
  open(start: number, end: number): Readable;
}
