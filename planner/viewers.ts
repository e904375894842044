import { LRUCache } from "lru-cache";
import type { SessionId } from "../protocol/ids.ts";
import { Viewer } from "./viewer.ts";

/** Sessions of the past whose numbers are remembered: a day of a busy site, 16 MB. */
const MAX_PAST = 50_000;
const U32 = 0xffff_ffff;

/** Sessions and their numbers. A session keeps its number as long as the server lives and remembers it. */
export class Viewers {
  readonly #random: () => number;
  readonly #bySession = new Map<SessionId, Viewer>();
  readonly #byPeer = new Map<number, Viewer>();
  readonly #past = new LRUCache<SessionId, number>({ max: MAX_PAST });

  constructor(random: () => number) {
    this.#random = random;
  }

  get all(): Iterable<Viewer> {
    return this.#bySession.values();
  }

  of(session: SessionId): Viewer | undefined {
    return this.#bySession.get(session);
  }

  peer(peer: number): Viewer | undefined {
    return this.#byPeer.get(peer);
  }

  /** The session's viewer, new if it has none. */
  enter(session: SessionId): Viewer {
    const known = this.#bySession.get(session);
    if (known !== undefined) return known;
    const viewer = new Viewer(session, this.#past.get(session) ?? this.#draw());
    this.#past.set(session, viewer.peer);
    this.#bySession.set(session, viewer);
    this.#byPeer.set(viewer.peer, viewer);
    return viewer;
  }

  remove(viewer: Viewer): void {
    this.#bySession.delete(viewer.session);
    this.#byPeer.delete(viewer.peer);
  }

  /** Drawn at random, so that a number tells nothing of how many there are. */
  #draw(): number {
    for (;;) {
      const peer = 1 + Math.floor(this.#random() * U32);
      if (!this.#byPeer.has(peer)) return peer;
    }
  }
}
