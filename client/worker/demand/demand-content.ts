import type { Clock } from "../../../peer/clock.ts";
import type { DemandMember, PieceStore } from "../../../peer/swarm/demand-ports.ts";
import { ORIGIN_PEER } from "../../../protocol/ids.ts";
import { type Manifest, pieceCount } from "../../../protocol/manifest.ts";
import type { SwarmPages } from "../../../protocol/note.ts";
import type { Answer } from "../swarm/answer.ts";
import { type PiecePath, type Reading, type StreamSink, SwarmStream } from "../swarm/swarm-stream.ts";
import type { PageCatalogue } from "./catalogue.ts";
import { FileCatalogue } from "./file-catalogue.ts";
import { ReadingPatience } from "./reading-patience.ts";
import { RenditionCatalogue } from "./rendition-catalogue.ts";

/** A swarm that let a reader down is given no new one for this long. */
const DOUBT_MS = 5_000;

export interface DemandContentOptions {
  readonly member: DemandMember;
  readonly store: PieceStore;
  readonly clock: Clock;
  readonly pages: SwarmPages;
  /** Something changed: a manifest or a piece is here. */
  readonly onNews: () => void;
}

/** What readers can have of one on-demand content; stands before its member, where verified manifests and pieces come in. */
export class DemandContent {
  readonly #options: DemandContentOptions;
  readonly #catalogue: PageCatalogue;
  /** The catalogue of a rendition, until its index is read. */
  #indexing: RenditionCatalogue | undefined;
  /** Where pieces came from that nobody has read yet; all others come out of the store. */
  readonly #paths = new Map<number, PiecePath>();
  /** Pieces that were here and right at some time in this visit; the store may have let go of some. */
  readonly #checked = new Set<number>();
  readonly #streams = new Set<SwarmStream>();
  /** When a piece last came. */
  #cameMs = Number.NEGATIVE_INFINITY;
  #doubtUntilMs = Number.NEGATIVE_INFINITY;

  constructor(options: DemandContentOptions) {
    const { pages, member } = options;
    this.#options = options;
    if (pages.kind === "file") {
      this.#catalogue = new FileCatalogue(pages);
    } else {
      this.#indexing = new RenditionCatalogue((piece) => member.piece(piece));
      this.#catalogue = this.#indexing;
    }
  }

  get hasReaders(): boolean {
    return this.#streams.size > 0;
  }

  /** It let a reader down a moment ago. */
  get isDoubted(): boolean {
    return this.#options.clock.nowMs() < this.#doubtUntilMs;
  }

  onManifest(manifest: Manifest, signed: Uint8Array, from: number | undefined): void {
    if (!this.#catalogue.add(manifest)) return;
    this.#options.member.onManifest(manifest, signed, from);
    this.#readIndex();
    this.#options.onNews();
  }

  onPiece(piece: number, bytes: Uint8Array, from: number | undefined): void {
    this.#cameMs = this.#options.clock.nowMs();
    this.#paths.set(piece, from === ORIGIN_PEER ? "origin" : "viewer");
    this.#options.member.onPiece(piece, bytes, from);
  }

  /** The member has this piece now: it came, or was found to be what the origin signed. */
  onHeld(piece: number): void {
    this.#checked.add(piece);
    for (const stream of [...this.#streams]) stream.pump();
    this.#readIndex();
    this.#options.onNews();
  }

  expects(from: number, piece: number): boolean {
    return this.#options.member.expects(from, piece);
  }

  piece(piece: number): Uint8Array | undefined {
    return this.#options.member.piece(piece);
  }

  find(key: string): Answer | undefined {
    return this.#catalogue.find(key);
  }

  /** Whether the piece is kept here, and known to be what the origin signed. */
  has(piece: number): boolean {
    return this.#checked.has(piece) && this.#options.store.has(piece);
  }

  /** Whether all of it is here. */
  isWhole({ firstPiece, lengthBytes, pieceBytes }: Answer): boolean {
    const count = pieceCount({ lengthBytes, pieceBytes });
    for (let piece = firstPiece; piece < firstPiece + count; piece += 1) {
      if (!this.has(piece)) return false;
    }
    return true;
  }

  /** Asks for what {@link find} would have to know of this key; false if it is not known that it can come to know it. */
  want(key: string): boolean {
    const page = this.#catalogue.pageFor(key);
    if (page !== undefined) this.#options.member.wantPage(page);
    return page !== undefined && page > 0;
  }

  /** Begins to read a part of it. */
  open(answer: Answer, reading: Reading, sink: StreamSink): SwarmStream {
    const { member, clock } = this.#options;
    const reader = {};
    const endPiece = answer.firstPiece + Math.ceil(reading.end / answer.pieceBytes);
    let at: number | undefined;
    const goTo = (piece: number): void => {
      if (at !== undefined) this.#paths.delete(at);
      at = piece;
      member.read(reader, piece, endPiece);
    };
    const patience = new ReadingPatience({
      clock,
      pieceBytes: answer.pieceBytes,
      isBegun: reading.isBegun,
      cameMs: () => this.#cameMs,
      onWaiting: () => sink.data(new Uint8Array(), "viewer"),
    });
    const stream = new SwarmStream(
      answer,
      // No piece comes by itself.
      { ...reading, ageMs: Number.POSITIVE_INFINITY, patience },
      {
        clock,
        piece: (piece) => {
          if (piece !== at) goTo(piece);
          const bytes = member.piece(piece);
          return bytes && { bytes, path: this.#paths.get(piece) ?? "store" };
        },
        // The member knows where its readers are.
        need: () => {},
        data: sink.data,
        over: () => {
          this.#streams.delete(stream);
          member.stopReading(reader);
        },
        end: (offset) => {
          if (at !== undefined) this.#paths.delete(at);
          sink.end(offset);
        },
        fail: (why) => {
          this.#doubtUntilMs = clock.nowMs() + DOUBT_MS;
          sink.fail(why);
        },
      },
    );
    this.#streams.add(stream);
    return stream;
  }

  /** Nothing more will come. */
  close(): void {
    for (const stream of [...this.#streams]) stream.fail("the swarm was left");
  }

  #readIndex(): void {
    const indexing = this.#indexing;
    const pieces = indexing?.indexPieces;
    if (indexing === undefined || pieces === undefined) return;
    this.#options.member.read(indexing, 0, pieces);
    if (!indexing.readIndex()) return;
    this.#indexing = undefined;
    this.#options.member.stopReading(indexing);
  }
}
