/**
 * A ticket: the origin's word that this peer may have this swarm's content, because the app let it. Big-endian, 80 bytes:
 *
 *   swarm u32 | peer u32 | expiresMs u64 (the origin's clock, see Manifest.timeMs) | Ed25519 signature of "tuber-ticket" and all before it, 64
 */
export interface Ticket {
  readonly swarm: number;
  readonly peer: number;
  readonly expiresMs: number;
}

/**
 * How long a viewer may take part before it must ask the app again: whom the app shuts out is out by then. Who was just given a ticket
 * knows the origin's clock by it.
 */
export const TICKET_MS = 600_000;

const SIGNED_BYTES = 16;
const PREFIX = new TextEncoder().encode("tuber-ticket");
const U32 = 0x1_0000_0000;

/** The bytes to sign: what a ticket says, behind a prefix so that no other signature of the origin's fits. */
export function ticketToSign(ticket: Ticket): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(PREFIX.length + SIGNED_BYTES);
  bytes.set(PREFIX);
  const view = new DataView(bytes.buffer, PREFIX.length);
  view.setUint32(0, ticket.swarm);
  view.setUint32(4, ticket.peer);
  view.setUint32(8, Math.floor(ticket.expiresMs / U32));
  view.setUint32(12, ticket.expiresMs % U32);
  return bytes;
}

export function encodeTicket(ticket: Ticket, signature: Uint8Array): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(SIGNED_BYTES + signature.length);
  bytes.set(ticketToSign(ticket).subarray(PREFIX.length));
  bytes.set(signature, SIGNED_BYTES);
  return bytes;
}

/** What these 80 bytes claim and the signature to check it by (over {@link ticketToSign}); undefined if they are no ticket. */
export function decodeTicket(
  bytes: Uint8Array,
): { readonly ticket: Ticket; readonly signature: Uint8Array } | undefined {
  if (bytes.length !== SIGNED_BYTES + 64) return undefined;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const expiresMs = view.getUint32(8) * U32 + view.getUint32(12);
  if (!Number.isSafeInteger(expiresMs)) return undefined;
  return {
    ticket: { swarm: view.getUint32(0), peer: view.getUint32(4), expiresMs },
    signature: bytes.subarray(SIGNED_BYTES),
  };
}
