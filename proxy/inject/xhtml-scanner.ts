import { BYTE, isSpace, LEAVE, type Step, SteppedScanner, type Verdict } from "./prefix-scanner.ts";

/**
 * Finds the place right after `<head …>` of an XHTML document. XML forgives nothing, so anything but the usual
 * `prolog, <html …>, <head …>` (prefixed names, a doctype with an internal subset, an empty head) is left alone.
 */
export class XhtmlScanner extends SteppedScanner {
  #name = "";
  #quote = 0;
  /** The last byte, or the last two in one number, for ends of several bytes. */
  #last = 0;

  end(): Verdict {
    return LEAVE;
  }

  protected first(byte: number): Step | Verdict {
    if (byte === 0xef) return this.#expect(0xbb, this.#expect(0xbf, this.#text));
    return this.#text(byte);
  }

  #expect(expected: number, next: Step): Step {
    return (byte) => (byte === expected ? next : LEAVE);
  }

  readonly #text: Step = (byte) => {
    if (isSpace(byte)) return this.#text;
    return byte === BYTE.less ? this.#open : LEAVE;
  };

  readonly #open: Step = (byte) => {
    this.#last = 0;
    this.#quote = 0;
    if (byte === BYTE.question) return this.#instruction;
    if (byte === BYTE.bang) return this.#declaration;
    this.#name = "";
    return this.#tagName(byte);
  };

  readonly #instruction: Step = (byte) => {
    if (byte === BYTE.greater && this.#last === BYTE.question) return this.#text;
    this.#last = byte;
    return this.#instruction;
  };

  readonly #declaration: Step = (byte) => {
    if (byte === BYTE.dash) return this.#expect(BYTE.dash, this.#comment);
    return this.#doctype(byte);
  };

  readonly #comment: Step = (byte) => {
    if (byte === BYTE.greater && this.#last === TWO_DASHES) return this.#text;
    this.#last = ((this.#last << 8) | byte) & 0xffff;
    return this.#comment;
  };

  readonly #doctype: Step = (byte) => {
    if (this.#inQuotes(byte)) return this.#doctype;
    if (byte === BYTE.openBracket) return LEAVE;
    return byte === BYTE.greater ? this.#text : this.#doctype;
  };

  readonly #tagName: Step = (byte) => {
    if (isSpace(byte) || byte === BYTE.slash || byte === BYTE.greater) {
      return this.#name === "html" || this.#name === "head" ? this.#inTag(byte) : LEAVE;
    }
    this.#name += String.fromCharCode(byte);
    return this.#name.length > 4 ? LEAVE : this.#tagName;
  };

  readonly #inTag: Step = (byte) => {
    if (this.#inQuotes(byte)) return this.#inTag;
    if (byte === BYTE.greater) return this.#tagClosed();
    this.#last = byte;
    return this.#inTag;
  };

  #tagClosed(): Step | Verdict {
    if (this.#last === BYTE.slash) return LEAVE;
    return this.#name === "head" ? { kind: "insert", at: this.offset + 1 } : this.#text;
  }

  /** Whether this byte belongs to a quoted string (its quotes included). */
  #inQuotes(byte: number): boolean {
    if (this.#quote !== 0) {
      if (byte === this.#quote) this.#quote = 0;
      return true;
    }
    if (byte !== BYTE.doubleQuote && byte !== BYTE.singleQuote) return false;
    this.#quote = byte;
    this.#last = byte;
    return true;
  }
}

const TWO_DASHES = (BYTE.dash << 8) | BYTE.dash;
