import { createHash } from "node:crypto";
import type { Clock } from "../peer/clock.ts";
import { JoinedSwarm } from "../peer/swarm/joined-swarm.ts";
import { LinkSwarms } from "../peer/swarm/link-swarms.ts";
import type { Book } from "../peer/swarm/manifest-book.ts";
import { SwarmIntake } from "../peer/swarm/swarm-intake.ts";
import type { SwarmLink } from "../peer/swarm/swarm-link.ts";
import { linkPair } from "./link-pair.ts";
import { RecordingMember } from "./recording-member.ts";

export interface SwarmViewerOptions {
  readonly clock: Clock;
  /** The viewer's number. */
  readonly peer: number;
  readonly swarm: number;
  /** As notes carry it. */
  readonly ticket: string;
  readonly verify: (bytes: Uint8Array, signature: Uint8Array) => boolean;
  /** The origin's end of the link. */
  readonly inbox: LinkSwarms;
  readonly book?: Book;
  readonly onFault: (fault: string) => void;
}

/** A viewer with a link in memory to the origin, which shows a ticket, checks what comes and writes it down. */
export function swarmViewer(options: SwarmViewerOptions): {
  readonly member: RecordingMember;
  readonly link: SwarmLink;
} {
  const { clock, peer, swarm, inbox, book, onFault } = options;
  const member = new RecordingMember();
  // Not by webcrypto, whose threads may come to it later than the test advances its clock.
  const digest = async (bytes: Uint8Array) => new Uint8Array(createHash("sha256").update(bytes).digest());
  const verify = async (bytes: Uint8Array, signature: Uint8Array) => options.verify(bytes, signature);
  const intake = new SwarmIntake({
    swarm,
    member,
    verify,
    digest,
    onOriginTime() {},
    onCorrupt: (_peer, piece) => onFault(`corrupt ${piece}`),
    ...(book && { book }),
  });
  const own = new LinkSwarms({ clock, peer: 0, onFault: (fault) => onFault(`viewer ${fault}`) });
  const pair = linkPair(clock, { peer, streams: "out", inbox }, { peer: 0, streams: "in", inbox: own });
  inbox.carriedBy(pair.left);
  own.carriedBy(pair.right);
  own.join(new JoinedSwarm({ swarm, member, intake, ticket: Buffer.from(options.ticket, "base64url") }));
  return { member, link: pair.right.swarm(swarm) };
}
