import * as v from "valibot";
import { SwarmId } from "../../../protocol/ids.ts";
import { decodeTicket } from "../../../protocol/ticket.ts";
import { fromBase64Url } from "../base64-url.ts";

/** A ticket of our own, as its note brought it. */
export interface HeldTicket {
  readonly swarm: number;
  /** By the origin's clock, in milliseconds. */
  readonly expiresMs: number;
  /** As signalling carries it: base64url. */
  readonly text: string;
  readonly bytes: Uint8Array;
  /** What the note says of an on-demand content's pages, not looked at yet; undefined: a live stream. */
  readonly pages: unknown;
}

const NoteSwarm = v.object({ id: SwarmId, ticket: v.string() });
/** 80 bytes as base64url. */
const TICKET = /^[\w-]{107}$/;

/** The ticket in what a note says of its swarm; undefined if it is none, or not for this swarm and this peer. */
export function heldTicket(value: unknown, self: number): HeldTicket | undefined {
  const parsed = v.safeParse(NoteSwarm, value);
  if (!parsed.success) return undefined;
  const { id: swarm, ticket: text } = parsed.output;
  // (Not as parts of the schema: nothing else in this script needs the library's code for them.)
  if (!TICKET.test(text)) return undefined;
  const { pages } = value as { readonly pages?: unknown };
  const bytes = fromBase64Url(text);
  const ticket = decodeTicket(bytes)?.ticket;
  if (ticket?.swarm !== swarm || ticket.peer !== self) return undefined;
  return { swarm, expiresMs: ticket.expiresMs, text, bytes, pages };
}
