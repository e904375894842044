import { decodeTicket, type Ticket, ticketToSign } from "../../protocol/ticket.ts";
import type { Clock } from "../clock.ts";
import { TokenBucket } from "../token-bucket.ts";

/** Why a ticket opens nothing. `stranger`: it is another peer's. `flood`: more tickets than anybody needs. */
export type TicketFault = "ticket-malformed" | "ticket-stranger" | "ticket-expired" | "ticket-forged" | "ticket-flood";

export interface SwarmGateOptions {
  readonly clock: Clock;
  /** The number by which the planner knows who is at the other end. */
  readonly peer: number;
  /** Whether the origin signed these bytes. */
  readonly verify: (bytes: Uint8Array, signature: Uint8Array) => Promise<boolean>;
  /** The origin's clock in milliseconds; undefined while nobody knows: then nothing has expired yet. */
  readonly originMs: () => number | undefined;
}

/** Verifying costs up to 1 ms: a viewer shows a ticket for each rendition it tries, and again before they end. */
const TICKETS_PER_S = 1;
const TICKET_BURST = 32;
/** Swarms one link may speak of. */
const MAX_SWARMS = 32;

/** Which swarms the peer of one link may speak of: those it has shown a ticket for, until that ends. */
export class SwarmGate {
  readonly #options: SwarmGateOptions;
  readonly #bucket: TokenBucket;
  /** When each ticket ends, by the origin's clock. */
  readonly #expiresMs = new Map<number, number>();

  constructor(options: SwarmGateOptions) {
    this.#options = options;
    this.#bucket = new TokenBucket(TICKETS_PER_S, TICKET_BURST, options.clock.nowMs());
  }

  /** Checks a ticket; answers the swarm it opens, or why it does not. */
  async show(bytes: Uint8Array): Promise<number | TicketFault> {
    const decoded = decodeTicket(bytes);
    if (decoded === undefined) return "ticket-malformed";
    const { ticket, signature } = decoded;
    if (ticket.peer !== this.#options.peer) return "ticket-stranger";
    if (this.#hasEnded(ticket.expiresMs)) return "ticket-expired";
    if ((this.#expiresMs.get(ticket.swarm) ?? 0) >= ticket.expiresMs) return ticket.swarm;
    if (!this.#bucket.take(this.#options.clock.nowMs())) return "ticket-flood";
    const signed = await this.#options.verify(ticketToSign(ticket), signature).catch(() => false);
    if (!signed) return "ticket-forged";
    this.#admit(ticket);
    return ticket.swarm;
  }

  isOpen(swarm: number): boolean {
    const expiresMs = this.#expiresMs.get(swarm);
    return expiresMs !== undefined && !this.#hasEnded(expiresMs);
  }

  /** How long it stays open; 0 if it is not; undefined while the origin's clock is not known. */
  leftMs(swarm: number): number | undefined {
    const nowMs = this.#options.originMs();
    return nowMs === undefined ? undefined : Math.max(0, (this.#expiresMs.get(swarm) ?? 0) - nowMs);
  }

  #hasEnded(expiresMs: number): boolean {
    const nowMs = this.#options.originMs();
    return nowMs !== undefined && expiresMs <= nowMs;
  }

  #admit({ swarm, expiresMs }: Ticket): void {
    this.#expiresMs.delete(swarm);
    this.#expiresMs.set(swarm, expiresMs);
    for (const oldest of this.#expiresMs.keys()) {
      if (this.#expiresMs.size <= MAX_SWARMS) break;
      this.#expiresMs.delete(oldest);
    }
  }
}
