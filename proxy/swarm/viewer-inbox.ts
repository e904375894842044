import type { Clock } from "../../peer/clock.ts";
import type { PeerLink } from "../../peer/link-ports.ts";
import type { SwarmMember } from "../../peer/swarm/member-ports.ts";
import type { SwarmInbox } from "../../peer/swarm/swarm-inbox.ts";
import { decodeTicket, type Ticket, ticketToSign } from "../../protocol/ticket.ts";
import type { OriginKey } from "./origin-key.ts";
import type { OriginSwarm } from "./origin-swarm.ts";

/** What a viewer did wrong towards the origin's swarms; each is dropped. */
export type ViewerFault = "swarm-ticket" | "swarm-unexpected";

export interface ViewerInboxPorts {
  readonly key: OriginKey;
  readonly clock: Clock;
  /** The origin's time, in milliseconds since 1970. */
  readonly wallMs: () => number;
  readonly onFault: (fault: ViewerFault) => void;
  swarm(id: number): OriginSwarm | undefined;
}

/** Checking a signature costs 0.1 ms, so nobody may try often. */
const MOST_BAD_TICKETS = 8;

/** What a viewer says of swarms to the origin, on one link: heard for swarms it has shown a ticket for, until that ends. */
export class ViewerInbox implements SwarmInbox {
  readonly #ports: ViewerInboxPorts;
  readonly #link: () => PeerLink | undefined;
  /** How each swarm the viewer is in is left. */
  readonly #leaves = new Map<number, () => void>();
  #badTickets = 0;

  /** `link` is asked for when the first ticket has come. */
  constructor(ports: ViewerInboxPorts, link: () => PeerLink | undefined) {
    this.#ports = ports;
    this.#link = link;
  }

  async onTicket(bytes: Uint8Array): Promise<void> {
    const link = this.#link();
    const read = decodeTicket(bytes);
    if (link === undefined || read === undefined || !this.#isGood(read.ticket, read.signature, link.peer)) {
      this.#refuse(link);
      return;
    }
    this.#enter(read.ticket, link);
  }

  async onManifest(): Promise<void> {
    this.#ports.onFault("swarm-unexpected");
  }

  /** The origin is sent nothing. */
  expectedBytes(): undefined {
    return undefined;
  }

  onProgress(): void {}

  onPiece(): void {}

  onHave(swarm: number, base: number, bitmap: Uint8Array): void {
    this.#member(swarm, (member, peer) => member.onHave(peer, base, bitmap));
  }

  onWant(swarm: number, pieces: readonly number[]): void {
    this.#member(swarm, (member, peer) => member.onWant(peer, pieces));
  }

  onSkip(swarm: number, pieces: readonly number[]): void {
    this.#member(swarm, (member, peer) => member.onSkip(peer, pieces));
  }

  onLater(swarm: number, piece: number, delayMs: number): void {
    this.#member(swarm, (member, peer) => member.onLater(peer, piece, delayMs));
  }

  onClosed(): void {
    for (const leave of this.#leaves.values()) leave();
    this.#leaves.clear();
  }

  #member(id: number, tell: (member: SwarmMember, peer: number) => void): void {
    const link = this.#link();
    const member = link && this.#leaves.has(id) ? this.#ports.swarm(id)?.memberFor(link.swarm(id)) : undefined;
    if (member !== undefined && link !== undefined) tell(member, link.peer);
  }

  #isGood(ticket: Ticket, signature: Uint8Array, peer: number): boolean {
    const { key, wallMs } = this.#ports;
    return ticket.peer === peer && ticket.expiresMs > wallMs() && key.verify(ticketToSign(ticket), signature);
  }

  #refuse(link: PeerLink | undefined): void {
    this.#ports.onFault("swarm-ticket");
    this.#badTickets += 1;
    if (this.#badTickets > MOST_BAD_TICKETS) link?.hangUp();
  }

  /** A swarm that is over by now is no fault of the viewer's. */
  #enter({ swarm: id, expiresMs }: Ticket, link: PeerLink): void {
    const swarm = this.#ports.swarm(id);
    if (swarm === undefined) return;
    this.#leaves.get(id)?.();
    const own = link.swarm(id);
    swarm.enter(own);
    const cancelTimer = this.#ports.clock.after(expiresMs - this.#ports.wallMs(), () => this.#leave(id));
    this.#leaves.set(id, () => {
      cancelTimer();
      swarm.leave(own);
    });
  }

  #leave(id: number): void {
    this.#leaves.get(id)?.();
    this.#leaves.delete(id);
  }
}
