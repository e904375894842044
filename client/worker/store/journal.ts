/**
 * What a journal says, one entry after the other; the later word counts. Big-endian, behind the four bytes "tub1":
 *
 *   type u8 | bodyBytes u32 | body | FNV-1a of all before it in the entry, u32
 *   manifest 1: page u32 | signed manifest      piece 2: piece u32 | at u48 | lengthBytes u32      drop 3: piece u32
 */
export type Entry =
  | { readonly type: "manifest"; readonly page: number; readonly signed: Uint8Array }
  | { readonly type: "piece"; readonly piece: number; readonly at: number; readonly lengthBytes: number }
  | { readonly type: "drop"; readonly piece: number };

export const JOURNAL_HEAD = new TextEncoder().encode("tub1");
const HEAD_BYTES = 5;
const CHECK_BYTES = 4;
const PIECE_BODY_BYTES = 14;
const CODES = { manifest: 1, piece: 2, drop: 3 } as const;
const U32 = 0x1_0000_0000;

/** How many bytes a manifest's or a piece's entry takes. */
export function entryBytes(signed?: Uint8Array): number {
  return HEAD_BYTES + CHECK_BYTES + (signed === undefined ? PIECE_BODY_BYTES : 4 + signed.length);
}

export function encodeEntry(entry: Entry): Uint8Array<ArrayBuffer> {
  const bodyBytes = entry.type === "manifest" ? 4 + entry.signed.length : entry.type === "piece" ? PIECE_BODY_BYTES : 4;
  const bytes = new Uint8Array(HEAD_BYTES + bodyBytes + CHECK_BYTES);
  const view = new DataView(bytes.buffer);
  view.setUint8(0, CODES[entry.type]);
  view.setUint32(1, bodyBytes);
  view.setUint32(HEAD_BYTES, entry.type === "manifest" ? entry.page : entry.piece);
  if (entry.type === "manifest") bytes.set(entry.signed, HEAD_BYTES + 4);
  if (entry.type === "piece") {
    view.setUint16(HEAD_BYTES + 4, Math.floor(entry.at / U32));
    view.setUint32(HEAD_BYTES + 6, entry.at % U32);
    view.setUint32(HEAD_BYTES + 10, entry.lengthBytes);
  }
  view.setUint32(HEAD_BYTES + bodyBytes, checkOf(bytes.subarray(0, HEAD_BYTES + bodyBytes)));
  return bytes;
}

/** The entries of a journal up to the first that is torn or strange, and how far into the bytes they reach. */
export function decodeJournal(bytes: Uint8Array): { readonly entries: Entry[]; readonly lengthBytes: number } {
  const entries: Entry[] = [];
  if (JOURNAL_HEAD.some((byte, index) => bytes[index] !== byte)) return { entries, lengthBytes: 0 };
  let at = JOURNAL_HEAD.length;
  for (;;) {
    const bodyBytes = bodyBytesAt(bytes, at);
    const entry = bodyBytes === undefined ? undefined : entryAt(bytes.subarray(at, at + HEAD_BYTES + bodyBytes));
    if (bodyBytes === undefined || entry === undefined) return { entries, lengthBytes: at };
    entries.push(entry);
    at += HEAD_BYTES + bodyBytes + CHECK_BYTES;
  }
}

/** Length of the body of a whole entry that begins here, its check being right. */
function bodyBytesAt(bytes: Uint8Array, at: number): number | undefined {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (at + HEAD_BYTES + CHECK_BYTES > bytes.length) return undefined;
  const bodyBytes = view.getUint32(at + 1);
  const checkAt = at + HEAD_BYTES + bodyBytes;
  if (checkAt + CHECK_BYTES > bytes.length) return undefined;
  return view.getUint32(checkAt) === checkOf(bytes.subarray(at, checkAt)) ? bodyBytes : undefined;
}

function entryAt(bytes: Uint8Array): Entry | undefined {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const bodyBytes = bytes.length - HEAD_BYTES;
  if (bodyBytes < 4) return undefined;
  const code = bytes[0];
  const first = view.getUint32(HEAD_BYTES);
  if (code === CODES.manifest) return { type: "manifest", page: first, signed: bytes.slice(HEAD_BYTES + 4) };
  if (code === CODES.drop && bodyBytes === 4) return { type: "drop", piece: first };
  if (code !== CODES.piece || bodyBytes !== PIECE_BODY_BYTES) return undefined;
  const at = view.getUint16(HEAD_BYTES + 4) * U32 + view.getUint32(HEAD_BYTES + 6);
  return { type: "piece", piece: first, at, lengthBytes: view.getUint32(HEAD_BYTES + 10) };
}

/** FNV-1a, 32 bits: finds what a crash tore, and nothing else is to be found: pieces have hashes, manifests signatures. */
function checkOf(bytes: Uint8Array): number {
  let check = 0x811c_9dc5;
  for (const byte of bytes) check = Math.imul(check ^ byte, 0x0100_0193);
  return check >>> 0;
}
