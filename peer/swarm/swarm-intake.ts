import { decodeManifest, type Manifest, pieceLength, splitSigned } from "../../protocol/manifest.ts";
import { type Book, ManifestBook, sameBytes } from "./manifest-book.ts";
import type { SwarmMember } from "./member-ports.ts";

/** `bad`: the peer sent what the origin never made; nothing more of its should be taken. `dropped`: of no use. */
export type Verdict = "good" | "dropped" | "bad";

export interface SwarmIntakeOptions {
  readonly swarm: number;
  readonly member: Pick<SwarmMember, "onManifest" | "onPiece" | "expects" | "piece">;
  /** Whether the origin signed these bytes. */
  readonly verify: (bytes: Uint8Array, signature: Uint8Array) => Promise<boolean>;
  /** SHA-256. */
  readonly digest: (bytes: Uint8Array) => Promise<Uint8Array>;
  /** A new manifest was signed at that time of the origin's clock. */
  readonly onOriginTime: (timeMs: number) => void;
  /** The peer sent a piece that is not what the origin signed. */
  readonly onCorrupt: (peer: number, piece: number) => void;
  /** Where manifests are kept; absent: that of a live stream, which forgets old ones. */
  readonly book?: Book;
}

/** Some ten minutes of segments; at the very most 10 MB. */
const MAX_MANIFESTS = 256;

/** A manifest whose signature is being checked. */
interface Check {
  readonly signed: Uint8Array;
  /** Undefined: it could not be checked, which is nobody's fault. */
  readonly verified: Promise<boolean | undefined>;
}

/** Between the links and a swarm's member: it hands on manifests the origin signed, and pieces that are what these promise. */
export class SwarmIntake {
  readonly #options: SwarmIntakeOptions;
  readonly #book: Book;
  /** Copies that come from other parents meanwhile wait for the same answer. */
  readonly #checks = new Set<Check>();
  #closed = false;

  constructor(options: SwarmIntakeOptions) {
    this.#options = options;
    this.#book = options.book ?? new ManifestBook(MAX_MANIFESTS);
  }

  /** `from`: the peer it came from; this peer's own number for one that an earlier visit left. */
  async onManifest(signed: Uint8Array, from: number): Promise<Verdict> {
    const manifest = decodeManifest(signed);
    if (manifest === undefined || manifest.swarm !== this.#options.swarm) return "bad";
    if (this.#book.isOld(manifest)) return "dropped";
    if (!this.#book.has(manifest, signed)) {
      const verified = await this.#isSigned(signed);
      if (verified === false) return "bad";
      if (verified === undefined || !this.#enter(manifest, signed)) return "dropped";
    }
    if (this.#closed) return "dropped";
    this.#options.member.onManifest(manifest, signed, from);
    return "good";
  }

  /** Length of this piece if it may come from this peer now, in bytes. */
  expectedBytes(from: number, piece: number): number | undefined {
    const manifest = this.#book.of(piece);
    if (manifest === undefined || !this.#options.member.expects(from, piece)) return undefined;
    return pieceLength(manifest, piece);
  }

  async onPiece(piece: number, bytes: Uint8Array, from: number): Promise<Verdict> {
    const { member } = this.#options;
    if (this.expectedBytes(from, piece) !== bytes.length) return "dropped";
    const hash = this.#hash(piece);
    const digest = await this.#digest(bytes);
    if (this.#closed || hash === undefined || digest === undefined) return "dropped";
    if (!sameBytes(hash, digest)) {
      this.#options.onCorrupt(from, piece);
      return "bad";
    }
    // Another's copy may have been verified meanwhile.
    if (member.piece(piece) !== undefined) return "dropped";
    member.onPiece(piece, bytes, from);
    return "good";
  }

  /** What is being verified reaches the member no more. */
  close(): void {
    this.#closed = true;
  }

  /** Whether the manifest is in the book now. */
  #enter(manifest: Manifest, signed: Uint8Array): boolean {
    if (this.#book.has(manifest, signed)) return true;
    if (this.#book.isOld(manifest) || !this.#book.add({ manifest, signed })) return false;
    this.#options.onOriginTime(manifest.timeMs);
    return true;
  }

  async #isSigned(bytes: Uint8Array): Promise<boolean | undefined> {
    for (const check of this.#checks) if (sameBytes(check.signed, bytes)) return check.verified;
    const { signed, signature } = splitSigned(bytes);
    const check = { signed: bytes, verified: this.#options.verify(signed, signature).catch(() => undefined) };
    this.#checks.add(check);
    const verified = await check.verified;
    this.#checks.delete(check);
    return verified;
  }

  #hash(piece: number): Uint8Array | undefined {
    const manifest = this.#book.of(piece);
    return manifest?.hashes[piece - manifest.firstPiece];
  }

  #digest(bytes: Uint8Array): Promise<Uint8Array | undefined> {
    return this.#options.digest(bytes).catch(() => undefined);
  }
}
