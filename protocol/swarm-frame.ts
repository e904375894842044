/**
 * The messages that swarm members add to a link's DataChannel (see frame.ts for the others). The same either way, between two viewers
 * as between a viewer and the origin. Big-endian. A frame that is cut short is none; bytes after a known frame's end are ignored.
 *
 *   TICKET    9 | ticket 80 (ticket.ts)                  I belong to this swarm; before it nothing of the swarm is answered
 *   MANIFEST 10 | manifest … (manifest.ts)               the next pieces and their hashes, signed by the origin
 *   PIECE    11 | swarm u32 | piece u32 | offset u32 | payload …   a part of a piece; the parts of one come in order,
 *                                                                  and of one swarm a link carries one piece after the other
 *   HAVE     12 | swarm u32 | base u32 | bitmap 1-64     pieces I hold: bit i of byte j (lowest first) is piece base + 8 j + i
 *   WANT     13 | swarm u32 | piece u32 × 1-32           send me these, now
 *   SKIP     14 | swarm u32 | piece u32 × 1-32           never mind these: I have them, or no longer want them
 *   LATER    15 | swarm u32 | piece u32 | delayMs u16    cannot send this one now; ask again after that long
 */
export type SwarmFrame =
  | { readonly type: "ticket"; readonly ticket: Uint8Array }
  | { readonly type: "manifest"; readonly manifest: Uint8Array }
  | {
      readonly type: "piece";
      readonly swarm: number;
      readonly piece: number;
      readonly offset: number;
      readonly payload: Uint8Array;
    }
  | { readonly type: "have"; readonly swarm: number; readonly base: number; readonly bitmap: Uint8Array }
  | { readonly type: "want" | "skip"; readonly swarm: number; readonly pieces: readonly number[] }
  | { readonly type: "later"; readonly swarm: number; readonly piece: number; readonly delayMs: number };

/** Bytes before the payload of a PIECE frame. */
export const PIECE_HEADER_BYTES = 13;
/** Longest bitmap of a HAVE: 512 pieces are half a minute of a fast stream. */
export const MAX_BITMAP_BYTES = 64;
/** Most pieces named in one WANT or SKIP. */
export const MAX_LISTED_PIECES = 32;
export const TICKET_BYTES = 80;

const CODES = { ticket: 9, manifest: 10, piece: 11, have: 12, want: 13, skip: 14, later: 15 } as const;
const LATER_BYTES = 11;
const LIST_HEADER_BYTES = 5;
const HAVE_HEADER_BYTES = 9;

/** Whether these bytes claim to be a frame of a swarm. */
export function isSwarmFrame(bytes: Uint8Array): boolean {
  const code = bytes[0] ?? 0;
  return code >= CODES.ticket && code <= CODES.later;
}

/** The frame's bytes. Numbers are whole and below 2^32, `delayMs` below 2^16. */
export function encodeSwarmFrame(frame: SwarmFrame): Uint8Array<ArrayBuffer> {
  switch (frame.type) {
    case "ticket":
      return filled(frame.type, [], frame.ticket);
    case "manifest":
      return filled(frame.type, [], frame.manifest);
    case "piece":
      return filled(frame.type, [frame.swarm, frame.piece, frame.offset], frame.payload);
    case "have":
      return filled(frame.type, [frame.swarm, frame.base], frame.bitmap);
    case "want":
    case "skip":
      return filled(frame.type, [frame.swarm, ...frame.pieces]);
    case "later":
      return filled(frame.type, [frame.swarm, frame.piece], Uint8Array.of(frame.delayMs >> 8, frame.delayMs & 0xff));
  }
}

/** The frame in these bytes, or undefined if they are none. Payloads are views into `bytes`, not copies. */
export function decodeSwarmFrame(bytes: Uint8Array): SwarmFrame | undefined {
  switch (bytes[0]) {
    case CODES.ticket:
      return bytes.length <= TICKET_BYTES ? undefined : { type: "ticket", ticket: bytes.subarray(1, 1 + TICKET_BYTES) };
    case CODES.manifest:
      return { type: "manifest", manifest: bytes.subarray(1) };
    case CODES.piece:
      if (bytes.length <= PIECE_HEADER_BYTES) return undefined;
      return {
        type: "piece",
        swarm: u32(bytes, 1),
        piece: u32(bytes, 5),
        offset: u32(bytes, 9),
        payload: bytes.subarray(PIECE_HEADER_BYTES),
      };
    case CODES.have: {
      const bitmap = bytes.subarray(HAVE_HEADER_BYTES, HAVE_HEADER_BYTES + MAX_BITMAP_BYTES);
      return bitmap.length === 0 ? undefined : { type: "have", swarm: u32(bytes, 1), base: u32(bytes, 5), bitmap };
    }
    case CODES.want:
    case CODES.skip:
      return listOf(bytes[0] === CODES.want ? "want" : "skip", bytes);
    case CODES.later:
      if (bytes.length < LATER_BYTES) return undefined;
      return { type: "later", swarm: u32(bytes, 1), piece: u32(bytes, 5), delayMs: view(bytes).getUint16(9) };
    default:
      return undefined;
  }
}

function listOf(type: "want" | "skip", bytes: Uint8Array): SwarmFrame | undefined {
  const count = Math.min(MAX_LISTED_PIECES, Math.floor((bytes.length - LIST_HEADER_BYTES) / 4));
  if (count < 1) return undefined;
  const pieces = Array.from({ length: count }, (_, index) => u32(bytes, LIST_HEADER_BYTES + 4 * index));
  return { type, swarm: u32(bytes, 1), pieces };
}

function filled(
  type: SwarmFrame["type"],
  numbers: readonly number[],
  rest: Uint8Array = new Uint8Array(),
): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(1 + 4 * numbers.length + rest.length);
  bytes[0] = CODES[type];
  for (const [index, number] of numbers.entries()) view(bytes).setUint32(1 + 4 * index, number);
  bytes.set(rest, 1 + 4 * numbers.length);
  return bytes;
}

function view(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

function u32(bytes: Uint8Array, at: number): number {
  return view(bytes).getUint32(at);
}
