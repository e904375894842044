import type { Clock } from "../../../peer/clock.ts";
import type { OriginTime } from "../../../peer/swarm/origin-time.ts";
import type { HeldTicket } from "./held-ticket.ts";

/** What a swarm is made of when we enter it. */
export interface SwarmEntry {
  readonly self: number;
  readonly ticket: HeldTicket;
  readonly clock: Clock;
  readonly random: () => number;
  /** Whether this browser may send to others now. */
  readonly uploads: () => boolean;
  readonly originTime: OriginTime;
  readonly verify: (bytes: Uint8Array, signature: Uint8Array) => Promise<boolean>;
  readonly digest: (bytes: Uint8Array) => Promise<Uint8Array>;
  /** Something that may be asked for was not known before and is now. */
  readonly onAnnounced: () => void;
  /** This peer sent a piece that is not what the origin signed. */
  readonly onCorrupt: (peer: number) => void;
}
