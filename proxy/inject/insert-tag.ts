import { Transform, type TransformCallback } from "node:stream";
import type { PrefixScanner, Verdict } from "./prefix-scanner.ts";

/** Puts one tag where the scanner says and passes every other byte on, as soon as no tag can come before it. */
export class InsertTag extends Transform {
  readonly #tag: Buffer;
  readonly #onDone: (inserted: boolean) => void;
  #scanner: PrefixScanner | undefined;
  #held: Buffer = Buffer.alloc(0);
  /** Offset in the document of the first held byte. */
  #heldFrom = 0;

  /** `onDone` is called once, when the tag is in or will never be. */
  constructor(scanner: PrefixScanner, tag: string, onDone: (inserted: boolean) => void) {
    super();
    this.#scanner = scanner;
    this.#tag = Buffer.from(tag, "latin1");
    this.#onDone = onDone;
  }

  override _transform(chunk: Buffer, _encoding: BufferEncoding, done: TransformCallback): void {
    if (this.#scanner === undefined) {
      done(null, chunk);
      return;
    }
    const verdict = this.#scanner.push(chunk);
    this.#held = this.#held.length === 0 ? chunk : Buffer.concat([this.#held, chunk]);
    this.#act(verdict);
    done();
  }

  override _flush(done: TransformCallback): void {
    if (this.#scanner !== undefined) this.#act(this.#scanner.end());
    this.#release(this.#held.length);
    done();
  }

  #act(verdict: Verdict): void {
    if (verdict.kind === "more") {
      this.#release(verdict.safe - this.#heldFrom);
      return;
    }
    this.#scanner = undefined;
    if (verdict.kind === "insert") {
      this.#release(verdict.at - this.#heldFrom);
      this.push(this.#tag);
    }
    this.#release(this.#held.length);
    this.#onDone(verdict.kind === "insert");
  }

  #release(bytes: number): void {
    if (bytes <= 0) return;
    this.push(this.#held.subarray(0, bytes));
    this.#held = this.#held.subarray(bytes);
    this.#heldFrom += bytes;
  }
}
