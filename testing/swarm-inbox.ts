import type { SwarmInbox } from "../peer/swarm/swarm-inbox.ts";

/** An inbox that writes down what it is handed; pieces are expected with the lengths the test names. */
export class RecordingInbox implements SwarmInbox {
  readonly events: string[] = [];
  /** Whole pieces as they came, by `swarm/piece`. */
  readonly pieces = new Map<string, Uint8Array>();
  /** How often a part came, by `swarm/piece`. */
  readonly parts = new Map<string, number>();
  readonly manifests: Uint8Array[] = [];
  /** Length of what may come. */
  expected: (swarm: number, piece: number) => number | "late" | undefined = () => undefined;
  /** What a ticket or manifest has to wait for. */
  verified: Promise<void> = Promise.resolve();

  onTicket(ticket: Uint8Array): Promise<void> {
    this.events.push(`ticket ${ticket.length}`);
    return this.verified;
  }

  onManifest(signed: Uint8Array): Promise<void> {
    this.events.push(`manifest ${signed.length}`);
    this.manifests.push(signed);
    return this.verified;
  }

  expectedBytes(swarm: number, piece: number): number | "late" | undefined {
    return this.expected(swarm, piece);
  }

  onProgress(swarm: number, piece: number): void {
    const key = `${swarm}/${piece}`;
    this.parts.set(key, (this.parts.get(key) ?? 0) + 1);
  }

  onPiece(swarm: number, piece: number, bytes: Uint8Array): void {
    this.events.push(`piece ${swarm}/${piece}`);
    this.pieces.set(`${swarm}/${piece}`, bytes);
  }

  onHave(swarm: number, base: number, bitmap: Uint8Array): void {
    this.events.push(`have ${swarm} ${base} ${bitmap.length}`);
  }

  onWant(swarm: number, pieces: readonly number[]): void {
    this.events.push(`want ${swarm} ${pieces.join(",")}`);
  }

  onSkip(swarm: number, pieces: readonly number[]): void {
    this.events.push(`skip ${swarm} ${pieces.join(",")}`);
  }

  onLater(swarm: number, piece: number, delayMs: number): void {
    this.events.push(`later ${swarm} ${piece} ${delayMs}`);
  }

  onClosed(): void {
    this.events.push("closed");
  }
}
