import { LRUCache } from "lru-cache";
import type { Clock } from "../../peer/clock.ts";
import type { NoteSwarm } from "../../protocol/note.ts";
import { TICKET_MS } from "../../protocol/ticket.ts";
import type { OriginKey } from "../swarm/origin-key.ts";
import type { SwarmLinks } from "../swarm/swarm-links.ts";
import { freeNumber, nameContent } from "./content-name.ts";
import type { DemandContent } from "./demand-content.ts";
import { DemandSwarm } from "./demand-swarm.ts";
import { SignedPages } from "./signed-pages.ts";

export interface DemandSwarmsOptions {
  readonly links: SwarmLinks;
  readonly key: OriginKey;
  readonly clock: Clock;
  /** The origin's time, in milliseconds since 1970. */
  readonly wallMs: () => number;
  /** Bytes of pages kept in all. */
  readonly keepBytes: number;
  readonly onFault: (fault: string) => void;
  /** How much a viewer of the swarm takes, in bits a second, as far as is known. */
  readonly onRate: (swarm: number, rateBps: number) => void;
}

/** An on-demand swarm as `/status` shows it. */
export interface DemandSwarmStatus {
  readonly id: number;
  readonly kind: "file" | "rendition";
  readonly path: string;
  readonly rendition: string;
  /** Of the whole file; null for a rendition, whose segments are known one by one. */
  readonly bytes: number | null;
  /** Pages that were asked for so far, and their bytes. */
  readonly pagesRead: number;
  readonly bytesRead: number;
  readonly rateBps: number | undefined;
}

/** Each costs some memory in every link, and its newest page. */
const MAX_SWARMS = 128;
/** Queries can be made up: more swarms of one path are not contents but one for each viewer. */
const MAX_SWARMS_OF_PATH = 8;
/** By then the last ticket has ended: nobody is in it. */
const IDLE_MS = TICKET_MS;
const SWEEP_MS = 60_000;
/** A film in HD. What a file plays, if it plays at all, nobody tells; a download takes what it gets. */
const ASSUMED_BPS = 4_000_000;
/** Contents remembered that had other bytes than the app said. */
const MAX_MIXED = 1_000;

/** The origin's on-demand swarms: those of contents that viewers were lately let into. */
export class DemandSwarms {
  readonly #options: DemandSwarmsOptions;
  readonly #pages: SignedPages;
  readonly #byName = new Map<string, DemandSwarm>();
  /** Their names cannot be trusted to mean the same bytes: they get no swarm again. */
  readonly #mixed = new LRUCache<string, true>({ max: MAX_MIXED });
  #cancelSweep: (() => void) | undefined;
  #isClosed = false;

  constructor(options: DemandSwarmsOptions) {
    this.#options = options;
    this.#pages = new SignedPages(options);
  }

  /** The content's swarm, which may have begun before; undefined if it can have none. */
  begin(content: DemandContent): DemandSwarm | undefined {
    const { key, links, clock, onRate, onFault } = this.#options;
    const name = nameContent(key, content.words);
    const known = this.#byName.get(name.content);
    if (known !== undefined || this.#mixed.has(name.content) || !this.#hasRoom(content)) return known;
    const id = freeNumber(name.swarm, (taken) => links.has(taken));
    const swarm: DemandSwarm = new DemandSwarm({
      id,
      name: name.content,
      content,
      clock,
      pages: this.#pages,
      onFault: (fault) => onFault(`swarm-${fault}`),
      onRate: (rateBps) => onRate(id, rateBps),
      onChanged: (how) => {
        if (how === "mixed") this.#mixed.set(name.content, true);
        this.end(swarm);
      },
    });
    this.#byName.set(name.content, swarm);
    links.begin(swarm.joined);
    onRate(id, ASSUMED_BPS);
    this.#sweepLater();
    return swarm;
  }

  /** Lets this viewer into the swarm. */
  admit(swarm: DemandSwarm, peer: number): NoteSwarm {
    swarm.admitted(this.#options.clock.nowMs());
    return { id: swarm.id, ticket: this.#options.links.ticket(swarm.id, peer), pages: swarm.pages };
  }

  /** This page may have other bytes by now; it is read again when it is asked for. */
  reread(swarm: DemandSwarm, page: number): void {
    this.#pages.forget(swarm.id, page);
  }

  end(swarm: DemandSwarm): void {
    if (swarm.isOver) return;
    swarm.isOver = true;
    this.#byName.delete(swarm.pages.content);
    this.#options.links.end(swarm.id);
    this.#pages.forgetAll(swarm.id);
  }

  status(): DemandSwarmStatus[] {
    return Array.from(this.#byName.values(), ({ id, pages, content, read, rate }) => ({
      id,
      kind: pages.kind,
      path: content.path,
      rendition: content.rendition,
      bytes: pages.kind === "file" ? pages.totalBytes : null,
      pagesRead: read.pages,
      bytesRead: read.bytes,
      rateBps: rate.rateBps,
    }));
  }

  close(): void {
    this.#isClosed = true;
    this.#cancelSweep?.();
    for (const swarm of [...this.#byName.values()]) this.end(swarm);
  }

  #hasRoom({ site, path, rendition }: DemandContent): boolean {
    const isOf = ({ content }: DemandSwarm): boolean =>
      content.site.key === site.key && content.path === path && content.rendition === rendition;
    if (this.#isClosed) return false;
    return this.#byName.size < MAX_SWARMS && [...this.#byName.values()].filter(isOf).length < MAX_SWARMS_OF_PATH;
  }

  #sweepLater(): void {
    this.#cancelSweep ??= this.#options.clock.after(SWEEP_MS, () => {
      this.#cancelSweep = undefined;
      const nowMs = this.#options.clock.nowMs();
      for (const swarm of [...this.#byName.values()]) if (swarm.idleMs(nowMs) >= IDLE_MS) this.end(swarm);
      if (this.#byName.size > 0) this.#sweepLater();
    });
  }
}
