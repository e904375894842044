import type { Clock } from "../../peer/clock.ts";
import type { HeaderList } from "../header-list.ts";
import { cutSegment } from "./cut-segment.ts";
import { manifestHead } from "./manifest-head.ts";
import type { OriginKey } from "./origin-key.ts";
import { OriginSwarm } from "./origin-swarm.ts";
import type { SwarmLinks } from "./swarm-links.ts";

/** What a swarm is for: one rendition of one live stream. Compared by identity. */
export interface SharedStream {
  /** The playlist's path, without its query. */
  readonly path: string;
  readonly rendition: string;
}

/** A segment as strangers get it. */
export interface SharedSegment {
  /** Path and query. */
  readonly target: string;
  readonly durationMs: number;
  readonly statusText: string;
  readonly headers: HeaderList;
  readonly body: Uint8Array;
}

/** A swarm as `/status` shows it. */
export interface OriginSwarmStatus {
  readonly id: number;
  readonly kind: "live";
  readonly path: string;
  readonly rendition: string;
  readonly segments: number;
  readonly rateBps: number | undefined;
}

export interface OriginSwarmsOptions {
  readonly links: SwarmLinks;
  readonly key: OriginKey;
  readonly clock: Clock;
  /** The origin's time, in milliseconds since 1970. */
  readonly wallMs: () => number;
  /** Bytes of segments kept in all. */
  readonly keepBytes: number;
  readonly onFault: (fault: string) => void;
  /** How much a swarm's stream takes, in bits a second, whenever that is known better. */
  readonly onRate: (swarm: number, rateBps: number) => void;
}

/** The origin's swarms of live streams, one for each stream that somebody watches. */
export class OriginSwarms {
  readonly #options: OriginSwarmsOptions;
  readonly #byStream = new Map<SharedStream, OriginSwarm>();

  constructor(options: OriginSwarmsOptions) {
    this.#options = options;
  }

  /** Gives a segment to the stream's swarm, which begins with its first one. */
  async share(stream: SharedStream, segment: SharedSegment): Promise<void> {
    const head = manifestHead(segment);
    if (head === undefined) return;
    const swarm = this.#byStream.get(stream) ?? this.#begin(stream);
    const { target, body, durationMs } = segment;
    const cut = await cutSegment(body);
    // It may have ended meanwhile.
    if (this.#byStream.get(stream) !== swarm) return;
    swarm.add({ target, head, lengthBytes: body.length, cut }, durationMs);
    const { rateBps } = swarm.rate;
    if (rateBps !== undefined) this.#options.onRate(swarm.id, rateBps);
  }

  end(stream: SharedStream): void {
    const swarm = this.#byStream.get(stream);
    if (swarm === undefined) return;
    this.#byStream.delete(stream);
    this.#options.links.end(swarm.id);
  }

  /** Lets this viewer into the stream's swarm; undefined if there is none. */
  admit(stream: SharedStream, peer: number): { readonly id: number; readonly ticket: string } | undefined {
    const id = this.#byStream.get(stream)?.id;
    return id === undefined ? undefined : { id, ticket: this.#options.links.ticket(id, peer) };
  }

  status(): OriginSwarmStatus[] {
    return Array.from(this.#byStream, ([{ path, rendition }, { id, segments, rate }]) => ({
      id,
      kind: "live",
      path,
      rendition,
      segments,
      rateBps: rate.rateBps,
    }));
  }

  close(): void {
    for (const stream of [...this.#byStream.keys()]) this.end(stream);
  }

  /** A stream that is not the only one gets its share of the memory; those before it keep theirs until they end. */
  #begin(stream: SharedStream): OriginSwarm {
    const { links, key, clock, wallMs, keepBytes, onFault } = this.#options;
    const swarm = new OriginSwarm({
      id: links.freeId(),
      key,
      clock,
      wallMs,
      keepBytes: Math.floor(keepBytes / (this.#byStream.size + 1)),
      onFault: (fault) => onFault(`swarm-${fault}`),
    });
    this.#byStream.set(stream, swarm);
    links.begin(swarm.joined);
    return swarm;
  }
}
