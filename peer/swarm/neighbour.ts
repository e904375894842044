import { ORIGIN_PEER } from "../../protocol/ids.ts";
import { Announced } from "./announced.ts";
import type { MemberLink } from "./member-ports.ts";
import type { Segment } from "./segment.ts";
import { Standing } from "./standing.ts";
import { WantBudget } from "./want-budget.ts";

/** A linked peer: what it holds, what it was asked for, and when it may be asked again. */
export class Neighbour extends Standing {
  readonly link: MemberLink;
  readonly sinceMs: number;
  readonly announced = new Announced();
  readonly wants = new WantBudget();
  /** Segments whose manifests it has from us, or we from it. */
  readonly manifests = new WeakSet<Segment>();
  /** Pieces asked of it that have not come, and when; they may still come from it after others were asked too. */
  readonly asked = new Map<number, number>();

  constructor(link: MemberLink, nowMs: number) {
    super(nowMs);
    this.link = link;
    this.sinceMs = nowMs;
  }

  get peer(): number {
    return this.link.peer;
  }

  /** The origin holds everything there is a manifest of, and announces nothing. */
  holds(piece: number): boolean {
    return this.peer === ORIGIN_PEER || this.announced.has(piece);
  }

  /** Passes the segment's manifest on, unless it has it. */
  tell(segment: Segment): void {
    if (this.manifests.has(segment)) return;
    this.manifests.add(segment);
    this.link.sendManifest(segment.signed);
  }
}
