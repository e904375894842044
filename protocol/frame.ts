/**
 * The messages of one link's DataChannel (ordered, reliable). Big-endian; bytes after a known frame's end are ignored.
 *
 *   DATA    1 | stream u32 | offset u48 | payload …   origin → client: bytes of a stream, offset in the content
 *   END     2 | stream u32 | offset u48               origin → client: the stream is whole, offset = its end
 *   FAIL    3 | stream u32 | reason u8                origin → client: the stream will not be whole
 *   CREDIT  4 | stream u32 | limit  u48               client → origin: you may send up to (not including) limit
 *   CANCEL  5 | stream u32                            client → origin: no more of this stream
 *   ACK     6 | received u48                          either way: bytes of DATA and PIECE frames received on this link, headers included
 *   PING    7 | token u32                             either way; answered by
 *   PONG    8 | token u32
 *
 * Stream numbers are chosen at random by the client and never used twice, so a late frame can only hit nothing.
 */
export type Frame =
  | { readonly type: "data"; readonly stream: number; readonly offset: number; readonly payload: Uint8Array }
  | { readonly type: "end"; readonly stream: number; readonly offset: number }
  | { readonly type: "fail"; readonly stream: number; readonly reason: FailReason }
  | { readonly type: "credit"; readonly stream: number; readonly limit: number }
  | { readonly type: "cancel"; readonly stream: number }
  | { readonly type: "ack"; readonly received: number }
  | { readonly type: "ping"; readonly token: number }
  | { readonly type: "pong"; readonly token: number };

/** Why a stream ended early. `upstream`: the app's body broke. `limit`: too many streams. `closing`: the peer shuts down. */
export const FAIL_REASONS = ["upstream", "limit", "closing"] as const;
export type FailReason = (typeof FAIL_REASONS)[number];

/** Bytes before the payload of a DATA frame. */
export const DATA_HEADER_BYTES = 11;

const CODES = { data: 1, end: 2, fail: 3, credit: 4, cancel: 5, ack: 6, ping: 7, pong: 8 } as const;
const U32 = 0x1_0000_0000;

/** The frame's bytes. Offsets are whole numbers below 2^48, streams and tokens below 2^32. */
export function encodeFrame(frame: Frame): Uint8Array<ArrayBuffer> {
  switch (frame.type) {
    case "data": {
      const bytes = start(frame.type, DATA_HEADER_BYTES + frame.payload.byteLength);
      putU32(bytes, 1, frame.stream);
      putU48(bytes, 5, frame.offset);
      bytes.set(frame.payload, DATA_HEADER_BYTES);
      return bytes;
    }
    case "end":
      return withU48(start(frame.type, 11), frame.stream, frame.offset);
    case "credit":
      return withU48(start(frame.type, 11), frame.stream, frame.limit);
    case "fail": {
      const bytes = start(frame.type, 6);
      putU32(bytes, 1, frame.stream);
      bytes[5] = FAIL_REASONS.indexOf(frame.reason);
      return bytes;
    }
    case "cancel":
      return putU32(start(frame.type, 5), 1, frame.stream);
    case "ack":
      return putU48(start(frame.type, 7), 1, frame.received);
    case "ping":
    case "pong":
      return putU32(start(frame.type, 5), 1, frame.token);
  }
}

/** The frame in these bytes, or undefined if they are none. A DATA payload is a view into `bytes`, not a copy. */
export function decodeFrame(bytes: Uint8Array): Frame | undefined {
  switch (bytes[0]) {
    case CODES.data:
      return bytes.length < DATA_HEADER_BYTES
        ? undefined
        : { type: "data", stream: u32(bytes, 1), offset: u48(bytes, 5), payload: bytes.subarray(DATA_HEADER_BYTES) };
    case CODES.end:
      return bytes.length < 11 ? undefined : { type: "end", stream: u32(bytes, 1), offset: u48(bytes, 5) };
    case CODES.credit:
      return bytes.length < 11 ? undefined : { type: "credit", stream: u32(bytes, 1), limit: u48(bytes, 5) };
    case CODES.fail: {
      const reason = FAIL_REASONS[bytes[5] ?? FAIL_REASONS.length];
      return reason === undefined ? undefined : { type: "fail", stream: u32(bytes, 1), reason };
    }
    case CODES.cancel:
      return bytes.length < 5 ? undefined : { type: "cancel", stream: u32(bytes, 1) };
    case CODES.ack:
      return bytes.length < 7 ? undefined : { type: "ack", received: u48(bytes, 1) };
    case CODES.ping:
      return bytes.length < 5 ? undefined : { type: "ping", token: u32(bytes, 1) };
    case CODES.pong:
      return bytes.length < 5 ? undefined : { type: "pong", token: u32(bytes, 1) };
    default:
      return undefined;
  }
}

function start(type: Frame["type"], length: number): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(length);
  bytes[0] = CODES[type];
  return bytes;
}

function withU48(bytes: Uint8Array<ArrayBuffer>, stream: number, value: number): Uint8Array<ArrayBuffer> {
  return putU48(putU32(bytes, 1, stream), 5, value);
}

function putU32(bytes: Uint8Array<ArrayBuffer>, at: number, value: number): Uint8Array<ArrayBuffer> {
  new DataView(bytes.buffer).setUint32(at, value);
  return bytes;
}

function putU48(bytes: Uint8Array<ArrayBuffer>, at: number, value: number): Uint8Array<ArrayBuffer> {
  const view = new DataView(bytes.buffer);
  view.setUint16(at, Math.floor(value / U32));
  view.setUint32(at + 2, value % U32);
  return bytes;
}

function u32(bytes: Uint8Array, at: number): number {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength).getUint32(at);
}

function u48(bytes: Uint8Array, at: number): number {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return view.getUint16(at) * U32 + view.getUint32(at + 2);
}
