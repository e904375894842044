import type { Manifest } from "../../protocol/manifest.ts";
import type { Clock } from "../clock.ts";
import { DemandAsks } from "./demand-asks.ts";
import { DemandChoice } from "./demand-choice.ts";
import { DemandHoldings } from "./demand-holdings.ts";
import { DemandNeighbour } from "./demand-neighbour.ts";
import { DemandPages } from "./demand-pages.ts";
import type { DemandMember, PieceStore } from "./demand-ports.ts";
import { DemandPuller } from "./demand-puller.ts";
import { DemandServing } from "./demand-serving.ts";
import { ABSENT_MS, SECOND_ASK_MS } from "./later.ts";
import type { MemberFault } from "./member.ts";
import type { MemberLink, PeerTally } from "./member-ports.ts";
import { PieceRoom } from "./piece-room.ts";
import { CHUNK_PIECES, chunkOf } from "./piece-set.ts";
import { PutOffPieces } from "./put-off-pieces.ts";
import { ReadingWindows } from "./reading-windows.ts";
import { Rounds } from "./rounds.ts";
import { StoredPieces } from "./stored-pieces.ts";
import { Tallies } from "./tallies.ts";

export interface DemandMemberOptions {
  readonly self: number;
  readonly swarm: number;
  readonly clock: Clock;
  readonly random: () => number;
  readonly store: PieceStore;
  readonly pagePieces: number;
  /** SHA-256: of what an earlier visit left in the store. */
  readonly digest: (bytes: Uint8Array) => Promise<Uint8Array>;
  /** Of a file, if it is known: how many pieces it has. */
  readonly totalPieces?: number;
  /** Whether this peer may send now (its means); one that may not announces nothing and puts every WANT off. Absent: it may. */
  readonly uploads?: () => boolean;
  /** The piece can be had from {@link DemandMember.piece} now: it came, or was found whole in the store. */
  readonly onHeld?: (piece: number) => void;
  readonly onFault?: (peer: number, fault: MemberFault) => void;
}

/** Several HAVEs that come together make one look. */
const HUNGRY_MS = 50;
/** Pieces wanted by themselves, at most: the newest. */
const MAX_SINGLES = 64;

export function createDemandMember(options: DemandMemberOptions): DemandMember {
  return new Member(options);
}

class Member implements DemandMember {
  readonly #options: DemandMemberOptions;
  readonly #clock: Clock;
  readonly #pages: DemandPages;
  readonly #holdings: DemandHoldings;
  readonly #stored: StoredPieces;
  readonly #room: PieceRoom;
  readonly #neighbours = new Map<number, DemandNeighbour>();
  readonly #windows: ReadingWindows;
  readonly #asks = new DemandAsks();
  readonly #putOff = new PutOffPieces();
  readonly #choice: DemandChoice;
  readonly #puller: DemandPuller;
  readonly #serving: DemandServing;
  readonly #tallies = new Tallies();
  readonly #rounds: Rounds;
  /** Pieces wanted by themselves, the oldest first. */
  readonly #singles = new Set<number>();
  #closed = false;

  constructor(options: DemandMemberOptions) {
    const { clock, random, store, pagePieces, totalPieces, digest } = options;
    this.#options = options;
    this.#clock = clock;
    const pages = new DemandPages(pagePieces, totalPieces);
    const holdings = new DemandHoldings(store, pages);
    const windows = new ReadingWindows({ clock, pages, capacityBytes: () => store.capacityBytes });
    const neighbours = this.#neighbours;
    const asks = this.#asks;
    this.#pages = pages;
    this.#holdings = holdings;
    this.#windows = windows;
    this.#stored = new StoredPieces({
      store,
      pages,
      digest,
      wantedPages: () => windows.pages,
      onGood: (piece) => {
        holdings.admit(piece);
        this.#isHere(piece);
      },
      onBad: () => this.#rounds.soon(),
    });
    this.#choice = new DemandChoice({ random, pages, neighbours, putOff: this.#putOff });
    const choice = this.#choice;
    this.#room = new PieceRoom({
      holdings,
      stored: this.#stored,
      holders: (piece) => choice.holders(piece),
      windows: () => windows.kept(),
    });
    this.#puller = new DemandPuller({
      clock,
      random,
      pages,
      neighbours,
      asks,
      choice,
      isHere: (piece) => holdings.has(piece) || this.#stored.isBeingChecked(piece),
      windows: () => windows.fetched(),
      singles: () => this.#singles,
      onMissed: (peer) => this.#tallies.of(peer).missed(),
    });
    const uploads = (): boolean => options.uploads?.() !== false;
    this.#serving = new DemandServing({ clock, random, pages, holdings, uploads });
    this.#rounds = new Rounds(
      clock,
      () => this.#round(),
      () => this.#pull(),
    );
  }

  read(reader: object, piece: number, endPiece: number): void {
    this.#windows.readers.read(reader, piece, endPiece);
    this.#look();
  }

  stopReading(reader: object): void {
    this.#windows.readers.stop(reader, this.#clock.nowMs());
  }

  wantPage(page: number): void {
    this.#want(this.#pages.firstOf(page));
  }

  /** Whoever waits for a piece waits for it alone: readers say where they go. */
  need(piece: number): void {
    this.#want(piece);
  }

  /** Whom the planner links to whom makes no difference here: all who are linked are asked alike. */
  assign(): void {}

  addLink(link: MemberLink): void {
    this.removeLink(link.peer);
    const neighbour = new DemandNeighbour(link, this.#clock.nowMs());
    this.#neighbours.set(link.peer, neighbour);
    this.#serving.introduce(neighbour);
    this.#look();
  }

  removeLink(peer: number): void {
    const neighbour = this.#neighbours.get(peer);
    if (neighbour === undefined) return;
    this.#neighbours.delete(peer);
    this.#asks.lost(neighbour);
    this.#look();
  }

  onManifest(manifest: Manifest, signed: Uint8Array, from: number | undefined): void {
    if (this.#closed || manifest.swarm !== this.#options.swarm) return;
    const isNew = this.#pages.add({ manifest, signed });
    const page = manifest.segment;
    if (from !== undefined) this.#neighbours.get(from)?.served.knows(page);
    if (!isNew) return;
    if (from !== this.#options.self) this.#options.store.putManifest(page, signed);
    this.#stored.onPage(page);
    this.#look();
  }

  onPiece(piece: number, bytes: Uint8Array, from: number | undefined): void {
    if (this.#closed || this.#holdings.has(piece) || this.#pages.exactBytes(piece) !== bytes.length) return;
    this.#stored.drop(piece);
    if (from !== undefined) this.#cameFrom(from, piece, bytes.length);
    // Who else was asked for it is spared the trouble.
    this.#asks.cancel(piece, this.#clock.nowMs());
    this.#putOff.delete(piece);
    this.#keep(piece, bytes);
    this.#look();
  }

  onHave(from: number, base: number, bitmap: Uint8Array): void {
    const neighbour = this.#neighbours.get(from);
    if (neighbour === undefined || neighbour.isOrigin) return;
    const isChunk = base % CHUNK_PIECES === 0 && base < this.#pages.endPiece;
    if (!isChunk || !neighbour.announce(chunkOf(base), bitmap)) return this.#options.onFault?.(from, "stray");
    this.#rounds.soon(HUNGRY_MS);
  }

  onWant(from: number, pieces: readonly number[]): void {
    const neighbour = this.#neighbours.get(from);
    if (neighbour === undefined) return;
    for (const piece of pieces) {
      if (!neighbour.served.takeWant(this.#clock.nowMs())) return this.#options.onFault?.(from, "flood");
      this.#serving.answer(neighbour, piece);
    }
  }

  onSkip(from: number, pieces: readonly number[]): void {
    const link = this.#neighbours.get(from)?.link;
    for (const piece of pieces) link?.dropPiece(piece);
  }

  onLater(from: number, piece: number, delayMs: number): void {
    const neighbour = this.#neighbours.get(from);
    // Only an answer counts, so that LATERs cannot keep us busy.
    if (neighbour?.refuse(piece) !== true) return;
    const nowMs = this.#clock.nowMs();
    this.#asks.end(piece, neighbour);
    if (neighbour.isOrigin) this.#putOffByOrigin(neighbour, piece, delayMs, nowMs);
    else neighbour.restFor(delayMs, nowMs);
    this.#look();
  }

  onProgress(from: number, piece: number): void {
    const neighbour = this.#neighbours.get(from);
    if (neighbour === undefined) return;
    const nowMs = this.#clock.nowMs();
    if (this.#holdings.has(piece)) return neighbour.forget(piece);
    neighbour.heard(nowMs);
    this.#asks.progress(piece, neighbour, nowMs);
  }

  piece(piece: number): Uint8Array | undefined {
    return this.#holdings.piece(piece);
  }

  /** Also what came from somebody else meanwhile: it was on its way, and nobody is to blame. */
  expects(from: number, piece: number): boolean {
    return this.#neighbours.get(from)?.expects(piece) === true;
  }

  takeTally(): PeerTally[] {
    return this.#tallies.take();
  }

  close(): void {
    this.#closed = true;
    this.#rounds.close();
    this.#stored.close();
    this.#neighbours.clear();
  }

  #want(piece: number): void {
    this.#singles.add(piece);
    const [oldest] = this.#singles;
    if (this.#singles.size > MAX_SINGLES && oldest !== undefined) this.#singles.delete(oldest);
    this.#look();
  }

  #look(): void {
    this.#rounds.soon();
    this.#rounds.start();
  }

  #pull(): void {
    const lateMs = this.#puller.pass();
    if (lateMs !== undefined) this.#rounds.soon(lateMs);
  }

  #keep(piece: number, bytes: Uint8Array): void {
    if (!this.#room.makeFor(piece, bytes.length) || !this.#holdings.put(piece, bytes)) {
      this.#windows.onFull();
      this.#holdings.keepLoose(piece, bytes);
    }
    this.#isHere(piece);
  }

  #isHere(piece: number): void {
    this.#singles.delete(piece);
    this.#options.onHeld?.(piece);
  }

  /** Somebody else is getting the piece, it cannot be had at all, or too much was asked for at once. */
  #putOffByOrigin(origin: DemandNeighbour, piece: number, delayMs: number, nowMs: number): void {
    const isSecondAsk = delayMs === SECOND_ASK_MS;
    // Who is alone asks again at once: nobody could announce it.
    if (isSecondAsk && !this.#choice.hasViewers) return;
    if (!this.#putOff.add(piece, this.#pages.lengthBytes(piece), delayMs, nowMs)) this.#singles.delete(piece);
    if (!isSecondAsk && delayMs < ABSENT_MS && origin.asked.size > 0) origin.restFor(delayMs, nowMs);
  }

  #cameFrom(from: number, piece: number, bytes: number): void {
    const neighbour = this.#neighbours.get(from);
    const nowMs = this.#clock.nowMs();
    if (neighbour !== undefined) {
      this.#asks.end(piece, neighbour);
      neighbour.came(piece, nowMs);
    }
    this.#tallies.of(from).came(piece, bytes, neighbour?.owed(nowMs), nowMs);
  }

  /** Rounds go on while anybody is linked. */
  #round(): boolean {
    const nowMs = this.#clock.nowMs();
    this.#serving.announce([...this.#neighbours.values()]);
    this.#putOff.forgetOld(nowMs);
    for (const neighbour of this.#neighbours.values()) neighbour.forgetOld(nowMs);
    this.#pull();
    return this.#neighbours.size > 0;
  }
}
