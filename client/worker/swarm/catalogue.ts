import { type Manifest, pieceCount } from "../../../protocol/manifest.ts";

/** Manifests kept: more than a member keeps pieces of. */
const MAX_MANIFESTS = 256;

/** The newest manifest of each URL key of one swarm. */
export class Catalogue {
  /** By key in hex, oldest first. */
  readonly #manifests = new Map<string, Manifest>();

  /** Takes a verified manifest; one of an older segment with the same URL does not replace a newer one. */
  add(manifest: Manifest): void {
    const key = keyText(manifest.urlKey);
    if ((this.#manifests.get(key)?.segment ?? -1) >= manifest.segment) return;
    this.#manifests.delete(key);
    this.#manifests.set(key, manifest);
    for (const oldest of this.#manifests.keys()) {
      if (this.#manifests.size <= MAX_MANIFESTS) break;
      this.#manifests.delete(oldest);
    }
  }

  get(key: string): Manifest | undefined {
    return this.#manifests.get(key);
  }

  /** Forgets what was signed before this time of the origin; the numbers of the pieces that nobody will ask for any more. */
  forgetBefore(timeMs: number): number[] {
    const pieces: number[] = [];
    for (const [key, manifest] of this.#manifests) {
      if (manifest.timeMs >= timeMs) continue;
      this.#manifests.delete(key);
      for (let index = 0; index < pieceCount(manifest); index += 1) pieces.push(manifest.firstPiece + index);
    }
    return pieces;
  }
}

/** A URL key as text, to look things up by. */
export function keyText(key: Uint8Array): string {
  return Array.from(key, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
