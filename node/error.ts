/** Every way in which Tuber itself can fail; what a stranger sends is never one of them. */
export type TuberErrorCode =
  | "config-invalid"
  | "content-not-shareable"
  | "message-malformed"
  | "port-in-use"
  | "protocol-version"
  | "rtc-unavailable"
  | "shutting-down"
  | "store-full"
  | "upstream-unreachable";

/** A failure with a code to decide by and a sentence for people, which says what to try. */
export class TuberError extends Error {
  override readonly name = "TuberError";
  readonly code: TuberErrorCode;

  constructor(code: TuberErrorCode, message: string, options?: { readonly cause?: unknown }) {
    super(message, options);
    this.code = code;
  }
}
