import type { Manifest, ManifestHead } from "../../protocol/manifest.ts";
import type { CutSegment } from "./cut-segment.ts";
import type { OriginKey } from "./origin-key.ts";
import { signManifest } from "./sign-manifest.ts";
import { urlKey } from "./url-key.ts";

/** A segment that is about to get its place in a swarm. */
export interface NewSegment {
  readonly target: string;
  readonly head: ManifestHead;
  readonly lengthBytes: number;
  readonly cut: CutSegment;
}

/** Numbers the segments and pieces of one swarm and signs what it says of them. */
export class ManifestSeries {
  readonly #swarm: number;
  readonly #key: OriginKey;
  #nextSegment = 0;
  #nextPiece = 0;

  constructor(swarm: number, key: OriginKey) {
    this.#swarm = swarm;
    this.#key = key;
  }

  /** The next manifest, and its bytes with the signature. `nowMs` is the origin's clock, since 1970. */
  next(segment: NewSegment, nowMs: number): { readonly manifest: Manifest; readonly signed: Uint8Array } {
    const { target, head, lengthBytes, cut } = segment;
    const manifest: Manifest = {
      swarm: this.#swarm,
      segment: this.#nextSegment,
      firstPiece: this.#nextPiece,
      pieceBytes: cut.pieceBytes,
      lengthBytes,
      timeMs: Math.floor(nowMs),
      urlKey: urlKey(target),
      head,
      hashes: cut.hashes,
    };
    this.#nextSegment += 1;
    this.#nextPiece += cut.pieces.length;
    return { manifest, signed: signManifest(this.#key, manifest) };
  }
}
