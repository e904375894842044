/**
 * A manifest: the next pieces of a swarm, one segment's (or for a file one page of it), signed by the origin. Big-endian:
 *
 *   swarm u32 | segment u32 | firstPiece u32 | pieceBytes u32 | lengthBytes u48 | timeMs u48 | urlKey 16
 *   | headBytes u16 | head (JSON) | SHA-256 of each piece, 32 each | Ed25519 signature of all before it, 64
 *
 * Pieces are numbered through the swarm's whole life, so a number never means two things. The last piece of a segment is shorter.
 */
export interface Manifest {
  readonly swarm: number;
  /** Counts the swarm's segments from 0. A URL announced again with other bytes is a new segment. */
  readonly segment: number;
  readonly firstPiece: number;
  readonly pieceBytes: number;
  readonly lengthBytes: number;
  /** The origin's clock when it signed: what tickets' ends are compared with, whatever the clocks of viewers say. */
  readonly timeMs: number;
  /** First half of the SHA-256 of the URL's path and query: tells a member which request this answers and nobody else the URL. */
  readonly urlKey: Uint8Array;
  readonly head: ManifestHead;
  /** SHA-256 of each piece, in order. */
  readonly hashes: readonly Uint8Array[];
}

/** The app's answer without its body. */
export interface ManifestHead {
  readonly status: 200;
  readonly statusText: string;
  readonly headers: readonly (readonly [name: string, value: string])[];
  /** Of an on-demand file: where this page begins in it, and its whole length, in bytes. Absent: the manifest is of a whole content. */
  readonly page?: { readonly start: number; readonly total: number };
}

export const SIGNATURE_BYTES = 64;
export const HASH_BYTES = 32;
export const URL_KEY_BYTES = 16;
const FIXED_BYTES = 46;
/** Pieces of one manifest: with these it fits one frame. */
export const MAX_MANIFEST_PIECES = 1_024;
export const MAX_MANIFEST_HEAD_BYTES = 8_192;
export const MIN_PIECE_BYTES = 1_024;
export const MAX_PIECE_BYTES = 262_144;
const U32 = 0x1_0000_0000;

export function pieceCount(manifest: Pick<Manifest, "lengthBytes" | "pieceBytes">): number {
  return Math.ceil(manifest.lengthBytes / manifest.pieceBytes);
}

/** Length in bytes of one of its pieces, by number within the swarm. */
export function pieceLength(manifest: Manifest, piece: number): number {
  const start = (piece - manifest.firstPiece) * manifest.pieceBytes;
  return Math.min(manifest.pieceBytes, manifest.lengthBytes - start);
}

/** The bytes to sign; a signature after them makes the manifest. */
export function encodeManifest(manifest: Manifest): Uint8Array<ArrayBuffer> {
  const head = new TextEncoder().encode(JSON.stringify(manifest.head));
  const bytes = new Uint8Array(FIXED_BYTES + head.length + manifest.hashes.length * HASH_BYTES);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, manifest.swarm);
  view.setUint32(4, manifest.segment);
  view.setUint32(8, manifest.firstPiece);
  view.setUint32(12, manifest.pieceBytes);
  putU48(view, 16, manifest.lengthBytes);
  putU48(view, 22, manifest.timeMs);
  bytes.set(manifest.urlKey, 28);
  view.setUint16(44, head.length);
  bytes.set(head, FIXED_BYTES);
  for (const [index, hash] of manifest.hashes.entries()) {
    bytes.set(hash, FIXED_BYTES + head.length + index * HASH_BYTES);
  }
  return bytes;
}

/** The manifest in these bytes (signature included, not checked here), or undefined if they are none. Hashes are views. */
export function decodeManifest(bytes: Uint8Array): Manifest | undefined {
  if (bytes.length < FIXED_BYTES + SIGNATURE_BYTES) return undefined;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const size = { pieceBytes: view.getUint32(12), lengthBytes: u48(view, 16) };
  const headBytes = view.getUint16(44);
  if (headBytes > MAX_MANIFEST_HEAD_BYTES || size.lengthBytes === 0) return undefined;
  if (size.pieceBytes < MIN_PIECE_BYTES || size.pieceBytes > MAX_PIECE_BYTES) return undefined;
  const count = pieceCount(size);
  const hashesAt = FIXED_BYTES + headBytes;
  const whole = hashesAt + count * HASH_BYTES + SIGNATURE_BYTES === bytes.length;
  const firstPiece = view.getUint32(8);
  if (count > MAX_MANIFEST_PIECES || !whole || firstPiece + count > U32) return undefined;
  const head = parseHead(bytes.subarray(FIXED_BYTES, hashesAt));
  if (head === undefined) return undefined;
  return {
    swarm: view.getUint32(0),
    segment: view.getUint32(4),
    firstPiece,
    ...size,
    timeMs: u48(view, 22),
    urlKey: bytes.subarray(28, 28 + URL_KEY_BYTES),
    head,
    hashes: Array.from({ length: count }, (_, index) =>
      bytes.subarray(hashesAt + index * HASH_BYTES, hashesAt + (index + 1) * HASH_BYTES),
    ),
  };
}

/** A signed manifest's two parts. */
export function splitSigned(bytes: Uint8Array): { readonly signed: Uint8Array; readonly signature: Uint8Array } {
  const at = bytes.length - SIGNATURE_BYTES;
  return { signed: bytes.subarray(0, at), signature: bytes.subarray(at) };
}

function parseHead(bytes: Uint8Array): ManifestHead | undefined {
  try {
    const value: unknown = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
    return isHead(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

function isHead(value: unknown): value is ManifestHead {
  if (typeof value !== "object" || value === null) return false;
  const head = value as Partial<Record<keyof ManifestHead, unknown>>;
  const isAnswer = head.status === 200 && isLine(head.statusText) && Array.isArray(head.headers);
  return isAnswer && (head.headers as unknown[]).every(isHeader) && (head.page === undefined || isPage(head.page));
}

function isPage(value: unknown): boolean {
  if (typeof value !== "object" || value === null) return false;
  const { start, total } = value as { start?: unknown; total?: unknown };
  return isLength(start) && isLength(total) && start < total;
}

function isLength(value: unknown): value is number {
  return Number.isSafeInteger(value) && Number(value) >= 0;
}

function isHeader(value: unknown): boolean {
  return Array.isArray(value) && value.length === 2 && value[0] !== "" && value.every(isLine);
}

function isLine(value: unknown): value is string {
  return typeof value === "string" && !/[\0\r\n]/.test(value);
}

function putU48(view: DataView, at: number, value: number): void {
  view.setUint16(at, Math.floor(value / U32));
  view.setUint32(at + 2, value % U32);
}

function u48(view: DataView, at: number): number {
  return view.getUint16(at) * U32 + view.getUint32(at + 2);
}
