import type { Clock } from "../../peer/clock.ts";
import { JoinedSwarm } from "../../peer/swarm/joined-swarm.ts";
import { createSwarmMember, type MemberFault } from "../../peer/swarm/member.ts";
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
  readonly rate = new StreamRate();
  /** The swarm as links see it. */
  readonly joined: JoinedSwarm;
  readonly #wallMs: () => number;
  readonly #series: ManifestSeries;
  #segments = 0;

  constructor({ id: swarm, key, clock, wallMs, keepBytes, onFault }: OriginSwarmOptions) {
    this.#wallMs = wallMs;
    this.#series = new ManifestSeries(swarm, key);
    const member = createSwarmMember({
      self: ORIGIN_PEER,
      swarm,
      clock,
      random: Math.random,
      keepBytes,
      onFault: (_peer, fault) => onFault(fault),
    });
    this.joined = new JoinedSwarm({ swarm, member });
  }

  get id(): number {
    return this.joined.swarm;
  }

  /** Segments made so far. */
  get segments(): number {
    return this.#segments;
  }

  /** The next segment: its manifest, then its pieces, to whom the planner says. */
  add(segment: NewSegment, durationMs: number): void {
    const { member } = this.joined;
    const { manifest, signed } = this.#series.next(segment, this.#wallMs());
    this.#segments += 1;
    this.rate.add(segment.lengthBytes, durationMs);
    member.onManifest(manifest, signed, undefined);
    for (const [index, piece] of segment.cut.pieces.entries()) {
      member.onPiece(manifest.firstPiece + index, piece, undefined);
    }
  }
}
