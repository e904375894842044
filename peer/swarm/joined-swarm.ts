import type { MemberLink, SwarmMember } from "./member-ports.ts";
import type { SwarmIntake } from "./swarm-intake.ts";

export interface JoinedSwarmOptions {
  readonly swarm: number;
  readonly member: SwarmMember;
  /** What checks what comes from peers; absent at the origin, which takes nothing. */
  readonly intake?: SwarmIntake;
  /** Our own ticket; absent at the origin, which needs none. */
  readonly ticket?: Uint8Array;
}

/** A swarm this peer takes part in, and the links its member has. */
export class JoinedSwarm {
  readonly swarm: number;
  readonly member: SwarmMember;
  readonly intake: SwarmIntake | undefined;
  /** Our ticket; the newer one counts from the next link on, links that exist are told with {@link LinkSwarms.renew}. */
  ticket: Uint8Array | undefined;
  readonly #links = new Map<number, MemberLink>();

  constructor(options: JoinedSwarmOptions) {
    this.swarm = options.swarm;
    this.member = options.member;
    this.intake = options.intake;
    this.ticket = options.ticket;
  }

  /** Hands the member this link; a newer link to the same peer takes the place of the older. */
  link(link: MemberLink): void {
    this.#links.set(link.peer, link);
    this.member.addLink(link);
  }

  /** Takes the link away again, unless a newer one to the same peer has taken its place. */
  unlink(link: MemberLink): void {
    if (this.#links.get(link.peer) !== link) return;
    this.#links.delete(link.peer);
    this.member.removeLink(link.peer);
  }
}
