import { ORIGIN_PEER } from "../../protocol/ids.ts";
import { Announced } from "./announced.ts";
import type { MemberLink } from "./member-ports.ts";
import type { Segment } from "./segment.ts";
import { WantBudget } from "./want-budget.ts";

/** A peer that let one ask go unanswered is asked again after this. */
const FIRST_REST_MS = 500;
const LONGEST_REST_MS = 16_000;

/** A linked peer: what it holds, what it was asked for, and when it may be asked again. */
export class Neighbour {
  readonly link: MemberLink;
  readonly sinceMs: number;
  readonly announced = new Announced();
  readonly wants = new WantBudget();
  /** Segments whose manifests it has from us, or we from it. */
  readonly manifests = new WeakSet<Segment>();
  /** Pieces asked of it that have not come, and when; they may still come from it after others were asked too. */
  readonly asked = new Map<number, number>();
  #restUntilMs = Number.NEGATIVE_INFINITY;
  #heardMs: number;
  /** Asks it did not answer, since it last sent anything. */
  #unanswered = 0;

  constructor(link: MemberLink, nowMs: number) {
    this.link = link;
    this.sinceMs = nowMs;
    this.#heardMs = nowMs;
  }

  get peer(): number {
    return this.link.peer;
  }

  /** The origin holds everything there is a manifest of, and announces nothing. */
  holds(piece: number): boolean {
    return this.peer === ORIGIN_PEER || this.announced.has(piece);
  }

  /** When something of a piece last came from it; a new link is a sign of life too. */
  get heardMs(): number {
    return this.#heardMs;
  }

  heard(nowMs: number): void {
    this.#heardMs = nowMs;
    this.#unanswered = 0;
  }

  /** Not to be asked before this: it said LATER, or does not answer. */
  get restUntilMs(): number {
    return this.#restUntilMs;
  }

  rest(untilMs: number): void {
    this.#restUntilMs = Math.max(this.#restUntilMs, untilMs);
  }

  /** It was asked and did not answer in time: it is left alone, twice as long each time. */
  letUsDown(nowMs: number): void {
    this.#unanswered += 1;
    this.rest(nowMs + Math.min(FIRST_REST_MS * 2 ** (this.#unanswered - 1), LONGEST_REST_MS));
  }
}
