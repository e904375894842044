import type { Clock } from "../../peer/clock.ts";
import { createSwarmMember, type MemberFault } from "../../peer/swarm/member.ts";
import type { Assignment, SwarmMember } from "../../peer/swarm/member-ports.ts";
import type { SwarmLink } from "../../peer/swarm/swarm-link.ts";
import { ORIGIN_PEER } from "../../protocol/ids.ts";
import { ManifestSeries, type NewSegment } from "./manifest-series.ts";
import type { OriginKey } from "./origin-key.ts";
import { StreamRate } from "./stream-rate.ts";

export interface OriginSwarmOptions {
  readonly id: number;
  readonly key: OriginKey;
  readonly clock: Clock;
  /** The origin's time, in milliseconds since 1970. */
  readonly wallMs: () => number;
  /** Bytes of segments kept for those who ask later. */
  readonly keepBytes: number;
  readonly onFault: (fault: MemberFault) => void;
}

/** The origin's part in one swarm: it makes the pieces, and holds the newest of them. */
export class OriginSwarm {
  readonly id: number;
  readonly rate = new StreamRate();
  readonly #options: OriginSwarmOptions;
  readonly #member: SwarmMember;
  readonly #series: ManifestSeries;
  readonly #links = new Map<number, SwarmLink>();
  #segments = 0;

  constructor(options: OriginSwarmOptions) {
    const { id, key, clock, keepBytes, onFault } = options;
    this.id = id;
    this.#options = options;
    this.#series = new ManifestSeries(id, key);
    this.#member = createSwarmMember({
      self: ORIGIN_PEER,
      swarm: id,
      clock,
      random: Math.random,
      keepBytes,
      onFault: (_peer, fault) => onFault(fault),
    });
  }

  /** Segments made so far. */
  get segments(): number {
    return this.#segments;
  }

  /** Viewers that showed their ticket here. */
  get viewers(): number {
    return this.#links.size;
  }

  add(segment: NewSegment, durationMs: number): void {
    const { manifest, signed } = this.#series.next(segment, this.#options.wallMs());
    this.#segments += 1;
    this.rate.add(segment.lengthBytes, durationMs);
    this.#member.onManifest(manifest, signed, undefined);
    for (const [index, piece] of segment.cut.pieces.entries()) {
      this.#member.onPiece(manifest.firstPiece + index, piece, undefined);
    }
  }

  /** The planner's word to whom the origin sends. */
  assign(assignment: Assignment): void {
    this.#member.assign(assignment);
  }

  /** A viewer with a ticket; its newest link replaces any other. */
  enter(link: SwarmLink): void {
    if (this.#links.get(link.peer) === link) return;
    this.#links.set(link.peer, link);
    this.#member.addLink(link);
  }

  /** Only if it is still this link that the viewer is here by. */
  leave(link: SwarmLink): void {
    if (this.#links.get(link.peer) !== link) return;
    this.#links.delete(link.peer);
    this.#member.removeLink(link.peer);
  }

  /** What the viewer on this link says, if it is here by it. */
  memberFor(link: SwarmLink): SwarmMember | undefined {
    return this.#links.get(link.peer) === link ? this.#member : undefined;
  }

  close(): void {
    this.#member.close();
    for (const link of this.#links.values()) link.close();
    this.#links.clear();
  }
}
