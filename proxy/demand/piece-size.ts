/** Pieces of a page of a file: what must be read before it can be signed. */
export const FILE_PAGE_PIECES = 16;
/** Pieces of a page of a rendition, at the very most: one segment. */
export const RENDITION_PAGE_PIECES = 64;

const KIB = 1_024;
const LARGE_FILE_BYTES = 256 * 1_024 * KIB;
const SEGMENT_PIECE_BYTES = [16, 32, 64, 128].map((size) => size * KIB);
const MAX_SEGMENT_PIECE_BYTES = 256 * KIB;

/** Small pieces are had of several peers sooner and wait less behind others, big ones cost fewer hashes. */
export function filePieceBytes(totalBytes: number): number {
  return totalBytes < LARGE_FILE_BYTES ? 64 * KIB : 256 * KIB;
}

/** The smallest pieces of which a segment of this length has no more than a page holds. */
export function segmentPieceBytes(lengthBytes: number): number {
  const fits = (size: number): boolean => lengthBytes <= size * RENDITION_PAGE_PIECES;
  return SEGMENT_PIECE_BYTES.find(fits) ?? MAX_SEGMENT_PIECE_BYTES;
}
