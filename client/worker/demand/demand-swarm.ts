import type { DemandMember, PieceStore } from "../../../peer/swarm/demand-ports.ts";
import { JoinedSwarm } from "../../../peer/swarm/joined-swarm.ts";
import { PageBook } from "../../../peer/swarm/page-book.ts";
import { SwarmIntake } from "../../../peer/swarm/swarm-intake.ts";
import type { Note, SwarmPages } from "../../../protocol/note.ts";
import type { BegunStream } from "../begun-stream.ts";
import { type Answer, canContinue } from "../swarm/answer.ts";
import { Membership } from "../swarm/membership.ts";
import type { SwarmEntry } from "../swarm/swarm-entry.ts";
import type { Reading, StreamSink, SwarmStream } from "../swarm/swarm-stream.ts";
import type { ViewerSwarm } from "../swarm/viewer-swarm.ts";
import { DemandContent } from "./demand-content.ts";
import { Handover } from "./handover.ts";

/** A swarm nobody here has read or asked anything of for this long is left: films are paused. */
const IDLE_MS = 600_000;

export interface DemandSwarmOptions {
  readonly entry: SwarmEntry;
  readonly pages: SwarmPages;
  readonly store: PieceStore;
  /** `onHeld` is told of each piece that the member has from then on. */
  readonly createMember: (onHeld: (piece: number) => void) => DemandMember;
}

/** An on-demand content's swarm that this viewer is in: what is read here is asked of others, and what is here is served to them. */
export class DemandSwarm implements ViewerSwarm {
  readonly isPushed = false;
  readonly joined: JoinedSwarm;
  readonly membership: Membership;
  readonly #options: DemandSwarmOptions;
  readonly #member: DemandMember;
  readonly #content: DemandContent;
  readonly #intake: SwarmIntake;
  readonly #handovers = new Set<Handover>();
  /** The page that was asked for last over the note path: whoever is fed begins there. */
  #page = 0;
  #askedMs: number;

  constructor(options: DemandSwarmOptions) {
    const { entry, pages, store, createMember } = options;
    const { ticket, clock, random, originTime, verify, digest } = entry;
    const { swarm } = ticket;
    this.#options = options;
    this.#askedMs = clock.nowMs();
    const member = createMember((piece) => this.#content.onHeld(piece));
    this.#member = member;
    this.#content = new DemandContent({ member, store, clock, pages, onNews: () => this.#onNews() });
    this.#intake = new SwarmIntake({
      swarm,
      member: this.#content,
      book: new PageBook(pages.pagePieces),
      verify,
      digest,
      onOriginTime: (timeMs) => originTime.learn(timeMs),
      onCorrupt: (peer) => {
        this.membership.corrupt(peer);
        entry.onCorrupt(peer);
      },
    });
    this.joined = new JoinedSwarm({ swarm, member, intake: this.#intake, ticket: ticket.bytes });
    this.membership = new Membership({ joined: this.joined, ticket, random, originTime });
  }

  get isOver(): boolean {
    return (this.idleMs ?? 0) > IDLE_MS || this.membership.hasEnded;
  }

  get idleMs(): number | undefined {
    return this.#content.hasReaders ? undefined : this.#options.entry.clock.nowMs() - this.#askedMs;
  }

  /** Takes what an earlier visit left, as far as the origin signed it; hashes are checked by the member. */
  async recall(): Promise<void> {
    const { store, entry } = this.#options;
    for (const signed of [...store.manifests()]) await this.#intake.onManifest(signed, entry.self);
  }

  assigned(): void {
    if (this.#isFed) this.#member.wantPage(this.#options.pages.kind === "file" ? this.#page : 0);
    this.#onNews();
  }

  /** What nobody but the app could bring is found only if all of it is here. */
  find(key: string): Answer | undefined {
    const answer = this.#isOpen ? this.#content.find(key) : undefined;
    if (answer === undefined) return undefined;
    const mayBegin = this.#isFed && (this.#options.pages.kind === "file" || canContinue(answer));
    return mayBegin || this.#content.isWhole(answer) ? answer : undefined;
  }

  asked(): void {
    this.#askedMs = this.#options.entry.clock.nowMs();
  }

  awaits(key: string): boolean {
    return this.#isOpen && this.#isFed && this.#content.want(key);
  }

  open(answer: Answer, reading: Reading, sink: StreamSink): SwarmStream {
    return this.#content.open(answer, reading, {
      ...sink,
      // Who has read for an hour has asked for something all the while.
      end: (offset) => {
        this.asked();
        sink.end(offset);
      },
    });
  }

  begun({ start, end, total }: Note, stream: BegunStream): void {
    const { pages } = this.#options;
    if (pages.kind !== "file" || end === null || total !== pages.totalBytes) return;
    const { pieceBytes } = pages;
    this.#page = Math.floor(start / (pieceBytes * pages.pagePieces));
    const handover = new Handover(stream, { start, end }, pieceBytes, {
      clock: this.#options.entry.clock,
      isFed: () => this.#isFed,
      isDoubted: () => this.#content.isDoubted,
      has: (piece) => this.#content.has(piece),
      read: (reader, piece, endPiece) => this.#member.read(reader, piece, endPiece),
      stopReading: (reader) => this.#member.stopReading(reader),
      open: (reading, sink) => this.open({ ...NO_HEAD, lengthBytes: total, pieceBytes }, reading, sink),
    });
    this.#handovers.add(handover);
    const stop = (): void => {
      handover.stop();
      this.#handovers.delete(handover);
    };
    stream.watch(() => handover.look() && stop(), stop);
    if (handover.look()) stop();
  }

  close(): void {
    for (const handover of this.#handovers) handover.stop();
    this.#handovers.clear();
    this.#intake.close();
    this.#content.close();
    this.#member.close();
    this.#options.store.close();
  }

  /** The planner has told us of others to have pieces of. */
  get #isFed(): boolean {
    const { parents = [], children = [] } = this.membership.assignment ?? {};
    return parents.length + children.length > 0;
  }

  /** Requests may go to it rather than to the app. */
  get #isOpen(): boolean {
    return !this.membership.isEnding && !this.#content.isDoubted;
  }

  #onNews(): void {
    this.#options.entry.onAnnounced();
    for (const handover of [...this.#handovers]) if (handover.look()) this.#handovers.delete(handover);
  }
}

/** Of an answer whose head the reader has had already. */
const NO_HEAD = { head: { status: 200, statusText: "", headers: [] }, firstPiece: 0, timeMs: 0 } as const;
