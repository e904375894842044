import { BYTE, isLetter, isSpace, LEAVE, type Step, SteppedScanner, type Verdict } from "./prefix-scanner.ts";

export interface HtmlScannerOptions {
  /** Nobody said that this is a document: only a doctype, `<html>` or `<head>` makes it one. */
  readonly needsProof: boolean;
}

/**
 * Finds the place right after `<head …>`, or where the parser would begin an implied head: before the first tag or text that is not white
 * space, comment, doctype, processing instruction, `<html …>` or an end tag that parsers ignore there. Follows the tokenizer of the
 * HTML standard (13.2.5); works on bytes, as in every charset that is not excluded beforehand `<`, `>` and quotes are never parts of other characters.
 */
export class HtmlScanner extends SteppedScanner {
  readonly #needsProof: boolean;
  #proven = false;
  #between = true;
  #name = "";
  #isEndTag = false;

  constructor(options: HtmlScannerOptions) {
    super();
    this.#needsProof = options.needsProof;
  }

  end(): Verdict {
    // A doctype or <html> and nothing more is a document too; a comment that never closes would swallow the tag.
    return this.#proven && this.#between ? { kind: "insert", at: this.offset } : LEAVE;
  }

  protected first(byte: number): Step | Verdict {
    // A byte order mark of UTF-16 beats whatever the headers say.
    if (byte === 0xfe || byte === 0xff) return LEAVE;
    if (byte === 0xef) return this.#mark(0xbb, this.#mark(0xbf, this.#text));
    return this.#text(byte);
  }

  /** The rest of a byte order mark; anything else that begins like one is text. */
  #mark(expected: number, next: Step): Step {
    return (byte) => (byte === expected ? next : this.#before(0));
  }

  /** Between tokens. */
  readonly #text: Step = (byte) => {
    this.#between = true;
    this.held = undefined;
    if (isSpace(byte)) return this.#text;
    if (byte !== BYTE.less) return this.#before(this.offset);
    this.#between = false;
    this.held = this.offset;
    return this.#tagOpen;
  };

  /** The tag goes in at `at`, before something that implies a head. */
  #before(at: number): Verdict {
    return this.#needsProof && !this.#proven ? LEAVE : { kind: "insert", at };
  }

  #beforeHeld(): Verdict {
    return this.#before(this.held ?? this.offset);
  }

  readonly #tagOpen: Step = (byte) => {
    if (byte === BYTE.bang) return this.#skipping(this.#declaration);
    if (byte === BYTE.question) return this.#skipping(this.#bogus);
    if (byte === BYTE.slash) return this.#endTagOpen;
    if (!isLetter(byte)) return this.#beforeHeld();
    this.#isEndTag = false;
    return this.#startName(byte);
  };

  readonly #endTagOpen: Step = (byte) => {
    if (byte === BYTE.greater) return this.#closed();
    if (!isLetter(byte)) return this.#skipping(this.#bogus);
    this.#isEndTag = true;
    return this.#startName(byte);
  };

  /** This token never gets the tag in front of it: its bytes may go out. */
  #skipping(next: Step): Step {
    this.held = undefined;
    return next;
  }

  /** A token is over and the search goes on. */
  #closed(): Step {
    this.#between = true;
    this.held = undefined;
    return this.#text;
  }

  readonly #declaration: Step = (byte) => {
    if (byte === BYTE.dash) return this.#declarationDash;
    this.#name = "";
    return this.#doctype(byte);
  };

  readonly #declarationDash: Step = (byte) => (byte === BYTE.dash ? this.#commentStart : this.#bogus(byte));

  readonly #doctype: Step = (byte) => {
    if (!isLetter(byte)) return this.#bogus(byte);
    this.#name += String.fromCharCode(byte).toLowerCase();
    if (this.#name === "doctype") this.#proven = true;
    return this.#name.length < 7 ? this.#doctype : this.#bogus;
  };

  /** Bogus comments, processing instructions and doctypes end at the first `>`, quotes or not. */
  readonly #bogus: Step = (byte) => (byte === BYTE.greater ? this.#closed() : this.#bogus);

  readonly #commentStart: Step = (byte) => {
    if (byte === BYTE.dash) return this.#commentStartDash;
    return byte === BYTE.greater ? this.#closed() : this.#comment;
  };

  readonly #commentStartDash: Step = (byte) => {
    if (byte === BYTE.dash) return this.#commentEnd;
    return byte === BYTE.greater ? this.#closed() : this.#comment;
  };

  readonly #comment: Step = (byte) => (byte === BYTE.dash ? this.#commentDash : this.#comment);

  readonly #commentDash: Step = (byte) => (byte === BYTE.dash ? this.#commentEnd : this.#comment);

  readonly #commentEnd: Step = (byte) => {
    if (byte === BYTE.greater) return this.#closed();
    if (byte === BYTE.dash) return this.#commentEnd;
    return byte === BYTE.bang ? this.#commentBang : this.#comment;
  };

  readonly #commentBang: Step = (byte) => {
    if (byte === BYTE.greater) return this.#closed();
    return byte === BYTE.dash ? this.#commentDash : this.#comment;
  };

  #startName(byte: number): Step {
    this.#name = String.fromCharCode(byte).toLowerCase();
    return this.#tagName;
  }

  readonly #tagName: Step = (byte) => {
    if (isSpace(byte) || byte === BYTE.slash || byte === BYTE.greater) return this.#named(byte);
    // Only the four-letter names below matter, so a longer one is kept no further.
    if (this.#name.length < 5) this.#name += String.fromCharCode(byte).toLowerCase();
    return this.#tagName;
  };

  #named(byte: number): Step | Verdict {
    const impliesHead = this.#isEndTag ? ENDS_THAT_IMPLY_HEAD.has(this.#name) : !STARTS_WITHOUT_CONTENT.has(this.#name);
    if (impliesHead) return this.#beforeHeld();
    if (!this.#isEndTag) this.#proven = true;
    this.held = undefined;
    return this.#attribute(byte);
  }

  #tagClosed(): Step | Verdict {
    if (!this.#isEndTag && this.#name === "head") return { kind: "insert", at: this.offset + 1 };
    return this.#closed();
  }

  /** Before an attribute's name. */
  readonly #attribute: Step = (byte) => {
    if (byte === BYTE.greater) return this.#tagClosed();
    // A leading "=" begins a name, so it must not reach the step that takes it for the value's.
    return isSpace(byte) || byte === BYTE.slash ? this.#attribute : this.#attributeName;
  };

  readonly #attributeName: Step = (byte) => {
    if (isSpace(byte)) return this.#afterName;
    if (byte === BYTE.equals) return this.#value;
    return byte === BYTE.slash || byte === BYTE.greater ? this.#attribute(byte) : this.#attributeName;
  };

  readonly #afterName: Step = (byte) => {
    if (byte === BYTE.equals) return this.#value;
    return isSpace(byte) ? this.#afterName : this.#attribute(byte);
  };

  readonly #value: Step = (byte) => {
    if (isSpace(byte)) return this.#value;
    if (byte === BYTE.doubleQuote) return this.#doubleQuoted;
    if (byte === BYTE.singleQuote) return this.#singleQuoted;
    return byte === BYTE.greater ? this.#tagClosed() : this.#unquoted;
  };

  readonly #doubleQuoted: Step = (byte) => (byte === BYTE.doubleQuote ? this.#attribute : this.#doubleQuoted);

  readonly #singleQuoted: Step = (byte) => (byte === BYTE.singleQuote ? this.#attribute : this.#singleQuoted);

  readonly #unquoted: Step = (byte) => {
    if (byte === BYTE.greater) return this.#tagClosed();
    return isSpace(byte) ? this.#attribute : this.#unquoted;
  };
}

const STARTS_WITHOUT_CONTENT = new Set(["html", "head"]);
/** Every other end tag is ignored before the head, so that a `<head …>` after it still counts. */
const ENDS_THAT_IMPLY_HEAD = new Set(["head", "body", "html", "br"]);
