import type { Body } from "./body.ts";

/** One stream as it leaves: its body, where it stands, how far its credit goes. */
export class Outgoing {
  readonly stream: number;
  readonly #body: Body;
  readonly #end: number | null;
  #offset: number;
  #limit: number;

  /** `end` null: nobody knows. `limit` is exclusive. */
  constructor(stream: number, body: Body, range: { start: number; end: number | null; limit: number }) {
    this.stream = stream;
    this.#body = body;
    this.#offset = range.start;
    this.#end = range.end;
    this.#limit = range.limit;
  }

  /** Offset of the next byte. */
  get offset(): number {
    return this.#offset;
  }

  /** All the promised bytes are read; what remains is to see that the body has no more, which costs neither credit nor window. */
  get atEnd(): boolean {
    return this.#offset === this.#end;
  }

  set onReadable(run: () => void) {
    this.#body.onReadable = run;
  }

  /** Raises the credit; false if it was no raise. */
  grant(limit: number): boolean {
    if (limit <= this.#limit) return false;
    this.#limit = limit;
    return true;
  }

  /** The next bytes, at most `maxBytes`; "wait" for the body or for credit; "whole"; or "broken": failed, too short, or too long. */
  next(maxBytes: number): Uint8Array | "wait" | "whole" | "broken" {
    if (this.atEnd) return this.#lastWord();
    const untilEndBytes = (this.#end ?? Number.POSITIVE_INFINITY) - this.#offset;
    const roomBytes = Math.min(maxBytes, this.#limit - this.#offset, untilEndBytes);
    if (roomBytes <= 0) return "wait";
    const chunk = this.#body.read(roomBytes);
    if (chunk === "end") return this.#end === null ? "whole" : "broken";
    if (typeof chunk === "string") return chunk;
    if (chunk.length === 0 || chunk.length > roomBytes) return "broken";
    this.#offset += chunk.length;
    return chunk;
  }

  /** Stops the body; nothing is heard of it afterwards. */
  cancel(): void {
    this.#body.onReadable = () => {};
    this.#body.cancel();
  }

  #lastWord(): "wait" | "whole" | "broken" {
    const rest = this.#body.read(1);
    if (rest === "wait") return "wait";
    return rest === "end" ? "whole" : "broken";
  }
}
