import { ORIGIN_PEER } from "../../protocol/ids.ts";
import type { Manifest } from "../../protocol/manifest.ts";
import type { Clock } from "../clock.ts";
import { Holdings } from "./holdings.ts";
import type { Assignment, MemberLink, PeerTally, SwarmMember } from "./member-ports.ts";
import { Neighbour } from "./neighbour.ts";
import { owedBy } from "./owed.ts";
import { Part } from "./part.ts";
import { Puller } from "./puller.ts";
import { Rounds } from "./rounds.ts";
import { Segment } from "./segment.ts";
import { Tallies } from "./tallies.ts";
import { answerWant } from "./want-answer.ts";

/**
 * What a linked peer did wrong; each is dropped. `flood`: asks for more than anybody needs. `stray`: speaks of pieces that no
 * manifest could have announced by now.
 */
export type MemberFault = "flood" | "stray";

export interface SwarmMemberOptions {
  /** This peer's number; 0: the origin. */
  readonly self: number;
  readonly swarm: number;
  readonly clock: Clock;
  readonly random: () => number;
  /** Whether this peer may send now (its means); one that may not announces nothing and puts every WANT off. Absent: it may. */
  readonly uploads?: () => boolean;
  /** Segments older than this are dropped, in milliseconds. */
  readonly keepMs?: number;
  /** And the oldest ones where all pieces are more than this. */
  readonly keepBytes?: number;
  /** False: nothing is asked of anybody but by the planner's trees. For simulations that show what pull is worth. */
  readonly pull?: boolean;
  readonly onFault?: (peer: number, fault: MemberFault) => void;
}

const KEEP_MS = 30_000;
/** Half a minute at 12 Mbit/s. */
const KEEP_BYTES = 48 * 1_048_576;
/** Every HAVE may be the one that ends a hunger; several that come together make one look. */
const HUNGRY_MS = 50;
/** Age at which a missing piece is late: the least, and what chance adds so that a whole subtree does not ask at once. */
const PATIENCE_MS = 700;
const PATIENCE_SPREAD_MS = 450;
/** Manifests that a new link is told: three of them are what players start behind, in segments. */
const TOLD_SEGMENTS = 6;
/** What would wait longer is not pushed: it would come too late, and so would all behind it. */
const MAX_PUSH_QUEUE_MS = 4_000;
/** A parent that brought nothing for this long lets its children down, whatever it says it holds. */
const SILENT_MS = 1_000;
/** Pieces another member may know of before we do: some segments. */
const AHEAD_PIECES = 8_192;

export function createSwarmMember(options: SwarmMemberOptions): SwarmMember {
  return new Member(options);
}

class Member implements SwarmMember {
  readonly #options: SwarmMemberOptions;
  readonly #clock: Clock;
  readonly #part = new Part();
  readonly #holdings: Holdings;
  readonly #neighbours = new Map<number, Neighbour>();
  readonly #puller: Puller;
  readonly #tallies = new Tallies();
  readonly #rounds: Rounds;
  #changed = false;
  #closed = false;

  constructor(options: SwarmMemberOptions) {
    const { clock, random, keepMs = KEEP_MS, keepBytes = KEEP_BYTES } = options;
    this.#options = options;
    this.#rounds = new Rounds(
      clock,
      () => this.#round(),
      () => this.#pull(),
    );
    this.#clock = clock;
    this.#holdings = new Holdings({ keepMs, keepBytes });
    this.#puller = new Puller({
      clock,
      random,
      part: this.#part,
      holdings: this.#holdings,
      neighbours: this.#neighbours,
    });
  }

  assign(assignment: Assignment): void {
    this.#part.replace(assignment, this.#clock.nowMs());
    for (const child of this.#part.allChildren) {
      const neighbour = this.#neighbours.get(child);
      if (neighbour !== undefined) this.#tell(neighbour);
    }
    this.#rounds.soon();
  }

  addLink(link: MemberLink): void {
    this.removeLink(link.peer);
    const neighbour = new Neighbour(link, this.#clock.nowMs());
    this.#neighbours.set(link.peer, neighbour);
    this.#tell(neighbour);
    this.#sendHave([neighbour]);
    this.#rounds.soon();
  }

  removeLink(peer: number): void {
    if (!this.#neighbours.delete(peer)) return;
    this.#puller.asks.lost(peer);
    this.#rounds.soon();
  }

  onManifest(manifest: Manifest, signed: Uint8Array, from: number | undefined): void {
    if (this.#closed || manifest.swarm !== this.#options.swarm || !this.#holdings.accepts(manifest)) return;
    const patienceMs = PATIENCE_MS + PATIENCE_SPREAD_MS * this.#options.random();
    // Links tell the newest manifest first, so what is older than one we know is not news.
    const past = manifest.timeMs < (this.#holdings.newest?.manifest.timeMs ?? 0);
    const segment = new Segment(manifest, signed, { atMs: this.#clock.nowMs(), patienceMs, past });
    this.#holdings.add(segment);
    if (from !== undefined) this.#neighbours.get(from)?.manifests.add(segment);
    for (const child of this.#part.allChildren) {
      this.#neighbours.get(child)?.tell(segment);
    }
    this.#rounds.start();
  }

  onPiece(piece: number, bytes: Uint8Array, from: number | undefined): void {
    const segment = this.#holdings.segmentOf(piece);
    if (this.#closed || segment === undefined || !this.#holdings.put(piece, bytes)) return;
    this.#changed = true;
    this.#puller.asks.end(piece);
    if (from !== undefined) this.#cameFrom(from, piece, bytes.length);
    this.#spareOthers(piece, segment, from);
    // Repairs must not hold up what comes from the origin: everybody waits for that, and repairs would never end.
    const isSeed = this.#options.self === ORIGIN_PEER;
    for (const child of this.#part.children(this.#part.stripeOf(piece))) {
      const neighbour = this.#neighbours.get(child);
      if (neighbour?.announced.has(piece) !== false || neighbour.link.queueMs(isSeed) > MAX_PUSH_QUEUE_MS) continue;
      neighbour.link.sendPiece(piece, bytes, isSeed);
    }
  }

  onHave(from: number, base: number, bitmap: Uint8Array): void {
    const neighbour = this.#neighbours.get(from);
    if (neighbour === undefined) return;
    if (this.#isStray(base)) this.#fault(from, "stray");
    else neighbour.announced.replace(base, bitmap);
    if (this.#puller.hungry) this.#rounds.soon(HUNGRY_MS);
  }

  onWant(from: number, pieces: readonly number[]): void {
    const neighbour = this.#neighbours.get(from);
    if (neighbour === undefined) return;
    for (const piece of pieces) {
      if (!neighbour.wants.take(this.#clock.nowMs())) return this.#fault(from, "flood");
      if (this.#isStray(piece)) return this.#fault(from, "stray");
      const bytes = this.#uploads() ? this.#holdings.piece(piece) : undefined;
      answerWant(neighbour.link, piece, bytes, this.#options.random);
    }
  }

  onSkip(from: number, pieces: readonly number[]): void {
    const neighbour = this.#neighbours.get(from);
    if (neighbour === undefined) return;
    for (const piece of pieces) {
      neighbour.link.dropPiece(piece);
      if (this.#holdings.segmentOf(piece) !== undefined) neighbour.announced.add(piece);
    }
  }

  onLater(from: number, piece: number, delayMs: number): void {
    const neighbour = this.#neighbours.get(from);
    // Only an answer counts, so that LATERs cannot keep us busy.
    if (neighbour?.asked.delete(piece) !== true) return;
    neighbour.rest(this.#clock.nowMs() + delayMs);
    this.#puller.asks.failed(piece, from);
    this.#rounds.soon();
  }

  onProgress(from: number, piece: number): void {
    const neighbour = this.#neighbours.get(from);
    if (neighbour === undefined || !this.expects(from, piece)) return;
    const nowMs = this.#clock.nowMs();
    neighbour.heard(nowMs);
    this.#puller.asks.progress(piece, from, nowMs);
  }

  need(piece: number, deadlineMs: number): void {
    this.#holdings.need(piece, deadlineMs);
    this.#rounds.soon();
  }

  piece(piece: number): Uint8Array | undefined {
    return this.#holdings.piece(piece);
  }

  expects(from: number, piece: number): boolean {
    const segment = this.#holdings.segmentOf(piece);
    if (segment === undefined || segment.piece(piece) !== undefined) return false;
    if (this.#neighbours.get(from)?.asked.has(piece) === true) return true;
    return this.#part.mayPush(from, this.#part.stripeOf(piece), this.#clock.nowMs());
  }

  takeTally(): PeerTally[] {
    return this.#tallies.take();
  }

  close(): void {
    this.#closed = true;
    this.#rounds.close();
    this.#neighbours.clear();
  }

  /** The newest manifests, newest first: the first one a newcomer sees is where it begins. */
  #tell(neighbour: Neighbour): void {
    for (const segment of this.#holdings.segments.slice(-TOLD_SEGMENTS).reverse()) neighbour.tell(segment);
  }

  /** The origin's links are told nothing: it holds everything, and has a link to every viewer. */
  #sendHave(neighbours: Iterable<Neighbour>): void {
    if (this.#options.self === ORIGIN_PEER || !this.#uploads()) return;
    const have = this.#holdings.have();
    if (have === undefined) return;
    for (const neighbour of neighbours) {
      if (neighbour.peer !== ORIGIN_PEER) neighbour.link.sendHave(have.base, have.bitmap);
    }
  }

  #cameFrom(from: number, piece: number, bytes: number): void {
    const neighbour = this.#neighbours.get(from);
    const nowMs = this.#clock.nowMs();
    if (neighbour !== undefined) {
      neighbour.heard(nowMs);
      neighbour.asked.delete(piece);
      neighbour.announced.add(piece);
    }
    this.#tallies.of(from).came(piece, bytes, owedBy(neighbour, this.#part, this.#holdings, nowMs), nowMs);
  }

  /** Spares everybody else who may be about to send this piece the trouble, and notes which parent should have sent it. */
  #spareOthers(piece: number, segment: Segment, from: number | undefined): void {
    const parents = this.#part.parents(this.#part.stripeOf(piece));
    for (const neighbour of this.#neighbours.values()) {
      const asked = neighbour.asked.size > 0 && neighbour.asked.delete(piece);
      const parentSinceMs = parents.get(neighbour.peer);
      if (neighbour.peer === from || (!asked && parentSinceMs === undefined)) continue;
      neighbour.link.sendSkip([piece]);
      if (parentSinceMs === undefined || Math.max(parentSinceMs, neighbour.sinceMs) > segment.cameMs) continue;
      const silent = this.#clock.nowMs() - neighbour.heardMs > SILENT_MS;
      if (silent || neighbour.holds(piece)) this.#tallies.of(neighbour.peer).missed();
    }
  }

  #uploads(): boolean {
    return this.#options.uploads?.() !== false;
  }

  #isStray(piece: number): boolean {
    return piece > (this.#holdings.newest?.endPiece ?? Number.POSITIVE_INFINITY) + AHEAD_PIECES;
  }

  #fault(peer: number, fault: MemberFault): void {
    this.#options.onFault?.(peer, fault);
  }

  /** Rounds go on while anything is held: a member of a stream that ended has no timers. */
  #round(): boolean {
    if (this.#holdings.trim(this.#clock.nowMs())) this.#forgetOld();
    if (this.#changed) this.#sendHave(this.#neighbours.values());
    this.#changed = false;
    this.#pull();
    return this.#holdings.newest !== undefined;
  }

  #forgetOld(): void {
    this.#changed = true;
    const oldestPiece = this.#holdings.segments[0]?.firstPiece ?? Number.POSITIVE_INFINITY;
    this.#puller.asks.forgetBelow(oldestPiece);
    for (const { asked } of this.#neighbours.values()) {
      for (const piece of asked.keys()) if (piece < oldestPiece) asked.delete(piece);
    }
  }

  #pull(): void {
    if (this.#options.pull !== false) this.#puller.pass();
  }
}
