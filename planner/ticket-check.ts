import { decodeTicket, ticketToSign } from "../protocol/ticket.ts";

/** Why a ticket lets nobody take part. `stranger`: it is another peer's or another swarm's. */
export type PlannerTicketFault = "join-malformed" | "join-stranger" | "join-expired" | "join-forged";

export interface TicketClaim {
  readonly swarm: number;
  readonly peer: number;
  /** The origin's clock. */
  readonly nowMs: number;
  readonly verify: (bytes: Uint8Array, signature: Uint8Array) => Promise<boolean>;
}

/** Whether this ticket (base64url) lets this peer take part in this swarm, and until when by the origin's clock. */
export async function checkTicket(
  text: string,
  { swarm, peer, nowMs, verify }: TicketClaim,
): Promise<{ readonly expiresMs: number } | PlannerTicketFault> {
  const decoded = decodeTicket(Buffer.from(text, "base64url"));
  if (decoded === undefined) return "join-malformed";
  const { ticket, signature } = decoded;
  if (ticket.swarm !== swarm || ticket.peer !== peer) return "join-stranger";
  if (ticket.expiresMs <= nowMs) return "join-expired";
  const signed = await verify(ticketToSign(ticket), signature).catch(() => false);
  return signed ? { expiresMs: ticket.expiresMs } : "join-forged";
}
