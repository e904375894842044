/**
 * The bytes a stream sends, pulled: the sender takes what it may send now and no more, so a paused player pauses the app.
 */
export interface Body {
  /** Up to `maxBytes` now (at least 1), "wait" (onReadable will be called), "end" (whole), or "broken" (the app's body failed). */
  read(maxBytes: number): Uint8Array | "wait" | "end" | "broken";
  /** Set by the reader: called after "wait" when read() has something new to say. */
  onReadable: () => void;
  /** The reader wants no more. */
  cancel(): void;
}
