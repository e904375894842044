import { type Manifest, URL_KEY_BYTES } from "../protocol/manifest.ts";

/** A live stream of segments of one size. Segment `n` is published whole at `n` times its length. */
export class SimStream {
  /** The manifest of each signed one: in the simulation nobody signs. */
  readonly manifests = new Map<Uint8Array, Manifest>();
  readonly segmentMs: number;
  readonly piecesPerSegment: number;
  readonly segmentBytes: number;
  readonly #published = new Map<number, { manifest: Manifest; signed: Uint8Array }>();
  readonly #pieceBytes: number;
  readonly #whole: Uint8Array;
  readonly #last: Uint8Array;

  constructor({ rateBps, segmentMs, pieceBytes }: { rateBps: number; segmentMs: number; pieceBytes: number }) {
    this.segmentMs = segmentMs;
    this.segmentBytes = (rateBps * segmentMs) / 8_000;
    this.#pieceBytes = pieceBytes;
    this.piecesPerSegment = Math.ceil(this.segmentBytes / pieceBytes);
    this.#whole = new Uint8Array(pieceBytes);
    this.#last = this.#whole.subarray(0, this.segmentBytes - (this.piecesPerSegment - 1) * pieceBytes);
  }

  publish(segment: number): { readonly manifest: Manifest; readonly signed: Uint8Array } {
    const manifest: Manifest = {
      swarm: SIM_SWARM,
      segment,
      firstPiece: this.firstPiece(segment),
      pieceBytes: this.#pieceBytes,
      lengthBytes: this.segmentBytes,
      timeMs: this.publishedMs(segment),
      urlKey: this.urlKey(segment),
      head: { status: 200, statusText: "OK", headers: [["etag", '"1"']] },
      hashes: new Array<Uint8Array>(this.piecesPerSegment).fill(KEY),
    };
    const signed = new Uint8Array(1);
    this.manifests.set(signed, manifest);
    this.#published.set(segment, { manifest, signed });
    return { manifest, signed };
  }

  /** Undefined before its time. */
  published(segment: number): { readonly manifest: Manifest; readonly signed: Uint8Array } | undefined {
    return this.#published.get(segment);
  }

  /** Every piece's bytes are the same buffer: nobody looks at them. */
  bytes(piece: number): Uint8Array {
    return (piece + 1) % this.piecesPerSegment === 0 ? this.#last : this.#whole;
  }

  /** Where the app has it. */
  path(segment: number): string {
    return `/live/${segment}.ts`;
  }

  urlKey(segment: number): Uint8Array {
    const key = new Uint8Array(URL_KEY_BYTES);
    new DataView(key.buffer).setUint32(0, segment);
    return key;
  }

  publishedMs(segment: number): number {
    return segment * this.segmentMs;
  }

  firstPiece(segment: number): number {
    return segment * this.piecesPerSegment;
  }

  segmentOf(piece: number): number {
    return Math.floor(piece / this.piecesPerSegment);
  }

  /** The newest segment published by then. */
  newest(nowMs: number): number {
    return Math.floor(nowMs / this.segmentMs);
  }
}

export const SIM_SWARM = 7;
const KEY = new Uint8Array(32);
