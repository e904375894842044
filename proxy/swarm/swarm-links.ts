import { randomInt } from "node:crypto";
import type { Clock } from "../../peer/clock.ts";
import type { JoinedSwarm } from "../../peer/swarm/joined-swarm.ts";
import { LinkSwarms } from "../../peer/swarm/link-swarms.ts";
import type { Assignment } from "../../peer/swarm/member-ports.ts";
import { SwarmGate } from "../../peer/swarm/swarm-gate.ts";
import { issueTicket } from "./issue-ticket.ts";
import type { OriginKey } from "./origin-key.ts";

export interface SwarmLinksOptions {
  readonly key: OriginKey;
  readonly clock: Clock;
  /** The origin's time, in milliseconds since 1970. */
  readonly wallMs: () => number;
  readonly onFault: (fault: string) => void;
}

/** Brings the origin's swarms, live and on-demand, together with its links to viewers. */
export class SwarmLinks {
  readonly #options: SwarmLinksOptions;
  readonly #swarms = new Map<number, JoinedSwarm>();
  readonly #links = new Set<LinkSwarms>();

  constructor(options: SwarmLinksOptions) {
    this.#options = options;
  }

  has(swarm: number): boolean {
    return this.#swarms.has(swarm);
  }

  /** A number that no swarm has, and nobody could guess. */
  freeId(): number {
    for (;;) {
      const id = randomInt(1, 0xffff_ffff);
      if (!this.has(id)) return id;
    }
  }

  /** The swarm begins: viewers with a ticket for it reach its member. */
  begin(joined: JoinedSwarm): void {
    this.#swarms.set(joined.swarm, joined);
    for (const link of this.#links) link.join(joined);
  }

  end(swarm: number): void {
    const joined = this.#swarms.get(swarm);
    if (joined === undefined) return;
    this.#swarms.delete(swarm);
    for (const link of this.#links) link.leave(swarm);
    joined.member.close();
  }

  /** Lets this viewer into the swarm. */
  ticket(swarm: number, peer: number): string {
    return issueTicket(this.#options.key, swarm, peer, this.#options.wallMs());
  }

  /** The planner's word to whom the origin sends what of this swarm. */
  assign(swarm: number, assignment: Assignment): void {
    this.#swarms.get(swarm)?.member.assign(assignment);
  }

  /** The swarms of a link to this viewer: those it shows a ticket for, until {@link disconnect}. */
  connect(peer: number): LinkSwarms {
    const { key, clock, wallMs, onFault } = this.#options;
    const verify = async (bytes: Uint8Array, signature: Uint8Array) => key.verify(bytes, signature);
    const gate = new SwarmGate({ clock, peer, verify, originMs: wallMs });
    const link = new LinkSwarms({ clock, peer, gate, onFault: (fault) => onFault(`swarm-${fault}`) });
    for (const joined of this.#swarms.values()) link.join(joined);
    this.#links.add(link);
    return link;
  }

  disconnect(link: LinkSwarms): void {
    this.#links.delete(link);
  }
}
