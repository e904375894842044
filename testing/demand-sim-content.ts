import type { LoadedPage } from "../peer/swarm/page-shelf.ts";
import type { Manifest } from "../protocol/manifest.ts";

export const DEMAND_SWARM = 7;
const PIECE_BYTES = 262_144;
export const DEMAND_PAGE_PIECES = 16;

/** A simulated file. Its pieces can be told apart though they share their bytes: each is a view of its own. */
export class DemandContent {
  /** The manifest of each signed one: in the simulation nobody signs. */
  readonly manifests = new Map<Uint8Array, Manifest>();
  readonly pieceCount: number;
  readonly totalBytes: number;
  readonly #pages = new Map<number, LoadedPage>();
  readonly #pieces: Uint8Array[];
  loads = 0;

  constructor(totalBytes: number) {
    const whole = new Uint8Array(PIECE_BYTES);
    this.totalBytes = totalBytes;
    this.pieceCount = Math.ceil(totalBytes / PIECE_BYTES);
    this.#pieces = Array.from({ length: this.pieceCount }, (_, piece) =>
      whole.subarray(0, Math.min(PIECE_BYTES, totalBytes - piece * PIECE_BYTES)),
    );
  }

  piece(piece: number): Uint8Array | undefined {
    return this.#pieces[piece];
  }

  readonly load = async (page: number): Promise<LoadedPage | undefined> => {
    this.loads += 1;
    const known = this.#pages.get(page);
    const firstPiece = page * DEMAND_PAGE_PIECES;
    if (known !== undefined || firstPiece >= this.pieceCount) return known;
    const pieces = this.#pieces.slice(firstPiece, firstPiece + DEMAND_PAGE_PIECES);
    const start = firstPiece * PIECE_BYTES;
    const manifest: Manifest = {
      swarm: DEMAND_SWARM,
      segment: page,
      firstPiece,
      pieceBytes: PIECE_BYTES,
      lengthBytes: pieces.reduce((sum, { length }) => sum + length, 0),
      timeMs: 0,
      urlKey: new Uint8Array(16),
      head: { status: 200, statusText: "OK", headers: [], page: { start, total: this.totalBytes } },
      hashes: pieces.map(() => new Uint8Array(32)),
    };
    const loaded = { manifest, signed: new Uint8Array(1), pieces };
    this.manifests.set(loaded.signed, manifest);
    this.#pages.set(page, loaded);
    return loaded;
  };
}
