import type { MemberLink, PeerTally, SwarmMember } from "../peer/swarm/member-ports.ts";
import type { Manifest } from "../protocol/manifest.ts";

/** A member that writes down what reaches it, and expects what the test says. */
export class RecordingMember implements SwarmMember {
  readonly events: string[] = [];
  readonly links = new Map<number, MemberLink>();
  /** What it holds. */
  readonly held = new Map<number, Uint8Array>();
  expected: (from: number, piece: number) => boolean = (_from, piece) => !this.held.has(piece);

  addLink(link: MemberLink): void {
    this.links.set(link.peer, link);
    this.events.push(`link ${link.peer}`);
  }

  removeLink(peer: number): void {
    this.links.delete(peer);
    this.events.push(`unlink ${peer}`);
  }

  onManifest(manifest: Manifest, _signed: Uint8Array, from: number | undefined): void {
    this.events.push(`manifest ${manifest.firstPiece} from ${from}`);
  }

  onPiece(piece: number, bytes: Uint8Array, from: number | undefined): void {
    this.held.set(piece, bytes);
    this.events.push(`piece ${piece} from ${from}`);
  }

  onHave(from: number, base: number): void {
    this.events.push(`have ${base} from ${from}`);
  }

  onWant(from: number, pieces: readonly number[]): void {
    this.events.push(`want ${pieces.join(",")} from ${from}`);
  }

  onSkip(from: number, pieces: readonly number[]): void {
    this.events.push(`skip ${pieces.join(",")} from ${from}`);
  }

  onLater(from: number, piece: number, delayMs: number): void {
    this.events.push(`later ${piece} ${delayMs} from ${from}`);
  }

  onProgress(): void {}
  assign(): void {}
  need(): void {}

  piece(piece: number): Uint8Array | undefined {
    return this.held.get(piece);
  }

  expects(from: number, piece: number): boolean {
    return this.expected(from, piece);
  }

  takeTally(): PeerTally[] {
    return [];
  }

  close(): void {}
}
