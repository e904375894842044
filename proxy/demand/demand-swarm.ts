import type { Clock } from "../../peer/clock.ts";
import { createDemandOrigin } from "../../peer/swarm/demand-origin.ts";
import { JoinedSwarm } from "../../peer/swarm/joined-swarm.ts";
import type { MemberFault } from "../../peer/swarm/member.ts";
import type { LoadedPage } from "../../peer/swarm/page-shelf.ts";
import type { SwarmPages } from "../../protocol/note.ts";
import { StreamRate } from "../swarm/stream-rate.ts";
import type { DemandContent } from "./demand-content.ts";
import type { SignedPages } from "./signed-pages.ts";

export interface DemandSwarmOptions {
  readonly id: number;
  /** The content's name: 32 hex digits. */
  readonly name: string;
  readonly content: DemandContent;
  readonly clock: Clock;
  readonly pages: SignedPages;
  readonly onFault: (fault: MemberFault) => void;
  /** A page was read that plays for a known time. */
  readonly onRate: (rateBps: number) => void;
  /** The content is not what viewers were told: `mixed`, not even what the app says it is. */
  readonly onChanged: (how: "changed" | "mixed") => void;
}

/** The origin's part in one on-demand swarm: it reads what is asked for from the app, page by page. */
export class DemandSwarm {
  readonly content: DemandContent;
  /** The swarm as links see it. */
  readonly joined: JoinedSwarm;
  /** How notes describe it. */
  readonly pages: SwarmPages;
  readonly rate = new StreamRate();
  /** Nobody is in it any more; the same content may have another swarm. */
  isOver = false;
  #admittedMs: number;
  readonly #options: DemandSwarmOptions;
  readonly #lengths = new Map<number, number>();

  constructor(options: DemandSwarmOptions) {
    const { id: swarm, name, content, clock, onFault } = options;
    this.#options = options;
    this.#admittedMs = clock.nowMs();
    this.content = content;
    this.pages = { content: name, ...content.paging };
    const member = createDemandOrigin({
      swarm,
      pagePieces: content.paging.pagePieces,
      clock,
      random: Math.random,
      load: (page) => this.load(page),
      // The newest page; `pages` keeps more, for all swarms together.
      keepBytes: 0,
      onFault: (_peer, fault) => onFault(fault),
    });
    this.joined = new JoinedSwarm({ swarm, member });
  }

  get id(): number {
    return this.joined.swarm;
  }

  /** Pages read so far, and how long they are together. */
  get read(): { readonly pages: number; readonly bytes: number } {
    const bytes = [...this.#lengths.values()].reduce((sum, length) => sum + length, 0);
    return { pages: this.#lengths.size, bytes };
  }

  /** How long nobody has been let in. */
  idleMs(nowMs: number): number {
    return nowMs - this.#admittedMs;
  }

  admitted(nowMs: number): void {
    this.#admittedMs = nowMs;
  }

  /** The page, signed; undefined if it cannot be had, or the swarm is over by that. */
  async load(page: number): Promise<LoadedPage | undefined> {
    const { content, pages } = this.#options;
    const { pagePieces } = content.paging;
    let durationMs: number | undefined;
    const read = async (wanted: number) => {
      const body = await content.read(wanted);
      if (typeof body === "object") durationMs = body.durationMs;
      return body;
    };
    const loaded = await pages.load({ swarm: this.id, pagePieces, read }, page);
    if (this.isOver || loaded === undefined) return undefined;
    if (typeof loaded === "string") {
      this.#options.onChanged(loaded);
      return undefined;
    }
    this.#note(page, loaded.manifest.lengthBytes, durationMs);
    return loaded;
  }

  #note(page: number, lengthBytes: number, durationMs: number | undefined): void {
    if (this.#lengths.has(page)) return;
    this.#lengths.set(page, lengthBytes);
    if (durationMs === undefined) return;
    this.rate.add(lengthBytes, durationMs);
    if (this.rate.rateBps !== undefined) this.#options.onRate(this.rate.rateBps);
  }
}
