import { pieceLength } from "../../protocol/manifest.ts";
import type { Clock } from "../clock.ts";
import { ABSENT_MS, SECOND_ASK_MS } from "./later.ts";
import type { MemberFault } from "./member.ts";
import type { MemberLink, PeerTally, SwarmMember } from "./member-ports.ts";
import { PageLoads, type Waiting } from "./page-loads.ts";
import { type LoadedPage, PageShelf } from "./page-shelf.ts";
import { RecentlySent } from "./recently-sent.ts";
import { ServedLink } from "./served-link.ts";

export interface DemandOriginOptions {
  readonly swarm: number;
  readonly pagePieces: number;
  readonly clock: Clock;
  readonly random: () => number;
  /** Reads a page of the app and signs it. Undefined: there is no such page, or it cannot be had. */
  readonly load: (page: number) => Promise<LoadedPage | undefined>;
  /** Pages are kept for who asks next, as many as fit. */
  readonly keepBytes: number;
  readonly onFault?: (peer: number, fault: MemberFault) => void;
}

/** A page that cannot be had is not tried again for this long. */
const FAILED_MS = 60_000;
/** Failed pages that are remembered. */
const MAX_FAILED = 1_024;
/** Too much is being loaded. */
const BUSY_MS = 250;

/** The origin's member of an on-demand swarm: it has every page that can be loaded, and asks for nothing. */
export function createDemandOrigin(options: DemandOriginOptions): SwarmMember {
  return new DemandOrigin(options);
}

class DemandOrigin implements SwarmMember {
  readonly #options: DemandOriginOptions;
  readonly #links = new Map<number, ServedLink>();
  readonly #shelf: PageShelf;
  readonly #loads: PageLoads;
  readonly #recent = new RecentlySent();
  /** Until when a page that failed is not tried again, the oldest first. */
  readonly #failedUntilMs = new Map<number, number>();

  constructor(options: DemandOriginOptions) {
    this.#options = options;
    this.#shelf = new PageShelf(options);
    this.#loads = new PageLoads({
      shelf: this.#shelf,
      onDone: (page, loaded, waiting) => this.#loaded(page, loaded, waiting),
    });
  }

  addLink(link: MemberLink): void {
    this.#links.set(link.peer, new ServedLink(link, this.#options.clock.nowMs()));
  }

  removeLink(peer: number): void {
    this.#links.delete(peer);
  }

  onWant(from: number, pieces: readonly number[]): void {
    const served = this.#links.get(from);
    if (served === undefined) return;
    for (const piece of pieces) {
      if (!served.takeWant(this.#options.clock.nowMs())) return this.#options.onFault?.(from, "flood");
      this.#onAsk(served, piece);
    }
  }

  onSkip(from: number, pieces: readonly number[]): void {
    const served = this.#links.get(from);
    if (served === undefined) return;
    for (const piece of pieces) {
      served.link.dropPiece(piece);
      this.#loads.forget(this.#pageOf(piece), piece, served);
    }
  }

  piece(piece: number): Uint8Array | undefined {
    const page = this.#pageOf(piece);
    return this.#shelf.peek(page)?.pieces[piece - page * this.#options.pagePieces];
  }

  expects(): boolean {
    return false;
  }

  takeTally(): PeerTally[] {
    return [];
  }

  close(): void {
    this.#links.clear();
  }

  /** Whom the planner links to whom makes no difference here: pieces go to who asks. */
  assign(): void {}
  onManifest(): void {}
  onPiece(): void {}
  onHave(): void {}
  onLater(): void {}
  onProgress(): void {}
  need(): void {}

  #pageOf(piece: number): number {
    return Math.floor(piece / this.#options.pagePieces);
  }

  #onAsk(served: ServedLink, piece: number): void {
    const { link } = served;
    const nowMs = this.#options.clock.nowMs();
    if (this.#putsOff(served, piece, nowMs)) return;
    const page = this.#pageOf(piece);
    const loaded = this.#shelf.get(page);
    if (loaded !== undefined) return this.#serve(served, piece, loaded, nowMs);
    const failedMs = (this.#failedUntilMs.get(page) ?? nowMs) - nowMs;
    if (failedMs > 0) link.sendLater(piece, failedMs);
    else if (!this.#loads.wait(page, piece, served, nowMs)) link.sendLater(piece, BUSY_MS);
  }

  #putsOff(served: ServedLink, piece: number, nowMs: number): boolean {
    const { link } = served;
    if (!this.#recent.putsOff(piece, link.peer, nowMs, (peer) => this.#links.has(peer))) return false;
    link.sendLater(piece, SECOND_ASK_MS);
    return true;
  }

  #serve(served: ServedLink, piece: number, { manifest, signed, pieces }: LoadedPage, nowMs: number): void {
    const { link } = served;
    const bytes = pieces[piece - manifest.firstPiece];
    if (bytes === undefined) return link.sendLater(piece, FAILED_MS);
    const lengthBytes = pieceLength(manifest, piece);
    const asked = { piece, lengthBytes, page: manifest.segment, signed, read: () => bytes };
    const answer = served.answer(asked, nowMs, this.#options.random);
    if (answer === "sent") this.#recent.sent(piece, link.peer, nowMs);
  }

  #loaded(page: number, loaded: boolean, waiting: Waiting): void {
    const nowMs = this.#options.clock.nowMs();
    if (!loaded) this.#remember(page, nowMs);
    for (const [served, pieces] of waiting) {
      if (this.#links.get(served.link.peer) !== served) continue;
      for (const piece of pieces) this.#answerAfterLoad(served, piece, loaded, nowMs);
    }
  }

  #answerAfterLoad(served: ServedLink, piece: number, loaded: boolean, nowMs: number): void {
    const page = this.#shelf.peek(this.#pageOf(piece));
    if (!loaded) served.link.sendLater(piece, FAILED_MS);
    else if (page === undefined) served.link.sendLater(piece, ABSENT_MS);
    else if (!this.#putsOff(served, piece, nowMs)) this.#serve(served, piece, page, nowMs);
  }

  #remember(page: number, nowMs: number): void {
    this.#failedUntilMs.delete(page);
    this.#failedUntilMs.set(page, nowMs + FAILED_MS);
    const [oldest] = this.#failedUntilMs.keys();
    if (this.#failedUntilMs.size > MAX_FAILED && oldest !== undefined) this.#failedUntilMs.delete(oldest);
  }
}
