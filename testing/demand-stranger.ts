import type { MemberLink } from "../peer/swarm/member-ports.ts";
import { CHUNK_PIECES } from "../peer/swarm/piece-set.ts";
import { RecordingMember } from "./recording-member.ts";

/** Says that it has everything and sends nothing; `laterMs`: it puts every ask off by so much. */
export class DemandStranger extends RecordingMember {
  readonly #pieces: number;
  readonly #laterMs: number | undefined;

  constructor(pieces: number, laterMs?: number) {
    super();
    this.#pieces = pieces;
    this.#laterMs = laterMs;
  }

  override addLink(link: MemberLink): void {
    super.addLink(link);
    const everything = new Uint8Array(CHUNK_PIECES / 8).fill(255);
    for (let base = 0; base < this.#pieces; base += CHUNK_PIECES) link.sendHave(base, everything);
  }

  override onWant(from: number, pieces: readonly number[]): void {
    super.onWant(from, pieces);
    if (this.#laterMs === undefined) return;
    for (const piece of pieces) this.links.get(from)?.sendLater(piece, this.#laterMs);
  }
}
