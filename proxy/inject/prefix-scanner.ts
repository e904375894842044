/**
 * What a scanner knows after the bytes it has seen; offsets count from the document's first byte.
 * `more`: undecided, but no tag will ever go in before `safe`. `insert`: the tag belongs at `at`. `leave`: no place for it.
 */
export type Verdict =
  | { readonly kind: "more"; readonly safe: number }
  | { readonly kind: "insert"; readonly at: number }
  | { readonly kind: "leave" };

/** Finds where our script goes in a document that arrives in chunks. Asked no more once it has decided. */
export interface PrefixScanner {
  push(chunk: Uint8Array): Verdict;
  /** The document is over and `push` never decided. */
  end(): Verdict;
}

/** Undecided after this much, a document is left alone: real ones decide within the first hundred bytes. */
export const MAX_PREFIX_BYTES = 65_536;

export const LEAVE: Verdict = { kind: "leave" };

/** One step of a scanner: takes a byte, names the next step, or says that the scan is over. */
export type Step = (byte: number) => Step | Verdict;

/** Bytes the scanners look for. */
export const BYTE = {
  nul: 0x00,
  esc: 0x1b,
  bang: 0x21,
  doubleQuote: 0x22,
  singleQuote: 0x27,
  dash: 0x2d,
  slash: 0x2f,
  less: 0x3c,
  equals: 0x3d,
  greater: 0x3e,
  question: 0x3f,
  openBracket: 0x5b,
} as const;

/** HTML's white space: tab, line feed, form feed, carriage return, space. */
export function isSpace(byte: number): boolean {
  return byte === 0x20 || byte === 0x0a || byte === 0x09 || byte === 0x0d || byte === 0x0c;
}

export function isLetter(byte: number): boolean {
  return (byte >= 0x61 && byte <= 0x7a) || (byte >= 0x41 && byte <= 0x5a);
}

/**
 * Drives steps over chunks. A NUL (UTF-16) or an ESC (ISO-2022) says that bytes are not characters here: leave the document alone,
 * as one that has not decided within {@link MAX_PREFIX_BYTES}.
 */
export abstract class SteppedScanner implements PrefixScanner {
  /** Offset of the byte in hand. */
  protected offset = 0;
  /** Where the token in hand began, while the tag may still have to go in front of it. */
  protected held: number | undefined;
  #step: Step;

  constructor() {
    this.#step = (byte) => this.first(byte);
  }

  /** Takes the document's first byte. */
  protected abstract first(byte: number): Step | Verdict;

  abstract end(): Verdict;

  push(chunk: Uint8Array): Verdict {
    for (const byte of chunk) {
      if (byte === BYTE.nul || byte === BYTE.esc || this.offset >= MAX_PREFIX_BYTES) return LEAVE;
      const next = this.#step(byte);
      this.offset++;
      if (typeof next !== "function") return next;
      this.#step = next;
    }
    return { kind: "more", safe: this.held ?? this.offset };
  }
}
