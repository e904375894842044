import { encodeTicket, TICKET_MS, type Ticket, ticketToSign } from "../../protocol/ticket.ts";
import type { OriginKey } from "./origin-key.ts";

/** A signed ticket in base64url, as notes carry it. `nowMs` is the origin's clock, since 1970. */
export function issueTicket(key: OriginKey, swarm: number, peer: number, nowMs: number): string {
  const ticket: Ticket = { swarm, peer, expiresMs: Math.floor(nowMs) + TICKET_MS };
  return Buffer.from(encodeTicket(ticket, key.sign(ticketToSign(ticket)))).toString("base64url");
}
