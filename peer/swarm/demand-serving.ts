import type { Clock } from "../clock.ts";
import type { DemandHoldings } from "./demand-holdings.ts";
import type { DemandNeighbour } from "./demand-neighbour.ts";
import type { DemandPages } from "./demand-pages.ts";
import { ABSENT_MS } from "./later.ts";
import { CHUNK_PIECES } from "./piece-set.ts";

export interface DemandServingPorts {
  readonly clock: Clock;
  readonly random: () => number;
  readonly pages: DemandPages;
  readonly holdings: DemandHoldings;
  /** Whether this peer may send now. */
  readonly uploads: () => boolean;
}

/** What a member does for others: it says what it holds, and sends what is asked for. */
export class DemandServing {
  readonly #ports: DemandServingPorts;
  /** Whether it could send when it last said what has changed. */
  #announced: boolean;

  constructor(ports: DemandServingPorts) {
    this.#ports = ports;
    this.#announced = ports.uploads();
  }

  answer({ served, link }: DemandNeighbour, piece: number): void {
    const { clock, random, pages, holdings, uploads } = this.#ports;
    const page = pages.pageOf(piece);
    const signed = pages.of(page)?.signed;
    const lengthBytes = pages.exactBytes(piece);
    if (!uploads() || !holdings.isKept(piece) || signed === undefined || lengthBytes === undefined) {
      return link.sendLater(piece, ABSENT_MS);
    }
    const read = (): Uint8Array | undefined => holdings.piece(piece);
    const answer = served.answer({ piece, lengthBytes, page, signed, read }, clock.nowMs(), random);
    if (answer === "absent") link.sendLater(piece, ABSENT_MS);
  }

  /** A new link is told everything. */
  introduce(neighbour: DemandNeighbour): void {
    this.#tell([neighbour], this.#ports.holdings.chunks());
  }

  /** All are told what has changed; everything, if nothing could be sent until now. */
  announce(neighbours: readonly DemandNeighbour[]): void {
    const changed = this.#ports.holdings.takeChanged();
    this.#tell(neighbours, this.#announced ? changed : this.#ports.holdings.chunks());
    this.#announced = this.#ports.uploads();
  }

  /** The origin is told nothing: it holds everything. */
  #tell(neighbours: readonly DemandNeighbour[], chunks: Iterable<number>): void {
    if (!this.#ports.uploads()) return;
    for (const chunk of chunks) {
      const bitmap = this.#ports.holdings.bitmap(chunk);
      for (const { isOrigin, link } of neighbours) if (!isOrigin) link.sendHave(chunk * CHUNK_PIECES, bitmap);
    }
  }
}
