import { TokenBucket } from "../token-bucket.ts";
import { READ_BURST_BYTES, READ_BYTES_PER_S, WANT_BURST, WANTS_PER_S } from "./demand-limits.ts";
import { laterMs, MAX_QUEUE_MS } from "./later.ts";
import type { MemberLink } from "./member-ports.ts";

/** A piece that was asked for and is here, as far as it is known before it is read. */
export interface AskedPiece {
  readonly piece: number;
  readonly lengthBytes: number;
  readonly page: number;
  /** The page's signed manifest. */
  readonly signed: Uint8Array;
  /** Undefined: it could not be read after all. */
  readonly read: () => Uint8Array | undefined;
}

export type Answer = "sent" | "later" | "absent";

/** A link on which pages' pieces are served: what its peer was told, and how much more it may ask for. */
export class ServedLink {
  readonly link: MemberLink;
  readonly #wants: TokenBucket;
  readonly #reads: TokenBucket;
  readonly #toldPages = new Set<number>();

  constructor(link: MemberLink, nowMs: number) {
    this.link = link;
    this.#wants = new TokenBucket(WANTS_PER_S, WANT_BURST, nowMs);
    this.#reads = new TokenBucket(READ_BYTES_PER_S, READ_BURST_BYTES, nowMs);
  }

  /** Whether one more piece asked for may be looked at now: what keeps a flood of WANTs from being work. */
  takeWant(nowMs: number): boolean {
    return this.#wants.take(nowMs);
  }

  /** Sends the piece, behind its page's manifest, or puts it off. Nothing is read that cannot go soon. */
  answer(asked: AskedPiece, nowMs: number, random: () => number): Answer {
    const { link } = this;
    const waitMs = link.queueMs(true) - MAX_QUEUE_MS;
    if (waitMs > 0 || !this.#reads.take(nowMs, asked.lengthBytes)) {
      link.sendLater(asked.piece, laterMs(waitMs, random));
      return "later";
    }
    const bytes = asked.read();
    if (bytes === undefined) return "absent";
    this.#tell(asked.page, asked.signed);
    link.sendPiece(asked.piece, bytes, true);
    return "sent";
  }

  /** It has this page's manifest: we have it from there. */
  knows(page: number): void {
    this.#toldPages.add(page);
  }

  #tell(page: number, signed: Uint8Array): void {
    if (this.#toldPages.has(page)) return;
    this.#toldPages.add(page);
    this.link.sendManifest(signed);
  }
}
