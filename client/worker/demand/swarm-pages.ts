import { MAX_MANIFEST_PIECES, MAX_PIECE_BYTES, MIN_PIECE_BYTES } from "../../../protocol/manifest.ts";
import type { SwarmPages } from "../../../protocol/note.ts";

/** Pieces have numbers of 32 bits. */
const MAX_PIECES = 0x1_0000_0000;

/** What a note says of an on-demand content's pages, or undefined if there can be no such content. */
export function swarmPages(value: unknown): SwarmPages | undefined {
  if (typeof value !== "object" || value === null) return undefined;
  const { content, pagePieces, kind, pieceBytes, totalBytes } = value as Partial<Record<string, unknown>>;
  if (typeof content !== "string" || !/^[0-9a-f]{32}$/.test(content)) return undefined;
  if (!isWhole(pagePieces, 1, MAX_MANIFEST_PIECES)) return undefined;
  if (kind === "rendition") return { kind, content, pagePieces };
  if (kind !== "file" || !isWhole(pieceBytes, MIN_PIECE_BYTES, MAX_PIECE_BYTES)) return undefined;
  if (!isWhole(totalBytes, 1, MAX_PIECES * pieceBytes)) return undefined;
  return { kind, content, pagePieces, pieceBytes, totalBytes };
}

function isWhole(value: unknown, least: number, most: number): value is number {
  return Number.isSafeInteger(value) && Number(value) >= least && Number(value) <= most;
}
