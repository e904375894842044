import { encodeSwarmFrame, MAX_BITMAP_BYTES, MAX_LISTED_PIECES, type SwarmFrame } from "../../protocol/swarm-frame.ts";
import type { MemberLink } from "./member-ports.ts";
import type { PieceQueue } from "./piece-queue.ts";

/** A link as one swarm's member uses it. */
export interface SwarmLink extends MemberLink {
  readonly swarm: number;
  sendTicket(ticket: Uint8Array): void;
  /** Drops what is queued; nothing of this swarm is sent afterwards. */
  close(): void;
}

export interface SwarmLinkPorts {
  readonly peer: number;
  readonly queue: PieceQueue;
  /** Sends a frame at once. */
  readonly send: (bytes: Uint8Array<ArrayBuffer>) => void;
  /** Pieces were asked for: the peer owes an answer. */
  readonly onWant: () => void;
  readonly queueMs: (urgent: boolean) => number;
  readonly rttMs: () => number | undefined;
  readonly onClose: () => void;
}

export function createSwarmLink(swarm: number, ports: SwarmLinkPorts): SwarmLink {
  return new LinkOfSwarm(swarm, ports);
}

class LinkOfSwarm implements SwarmLink {
  readonly swarm: number;
  readonly #ports: SwarmLinkPorts;
  #closed = false;

  constructor(swarm: number, ports: SwarmLinkPorts) {
    this.swarm = swarm;
    this.#ports = ports;
  }

  get peer(): number {
    return this.#ports.peer;
  }

  sendPiece(piece: number, bytes: Uint8Array, urgent: boolean): void {
    this.#ports.queue.add(piece, bytes, urgent);
  }

  dropPiece(piece: number): void {
    this.#ports.queue.drop(piece);
  }

  sendTicket(ticket: Uint8Array): void {
    this.#send({ type: "ticket", ticket });
  }

  sendManifest(signed: Uint8Array): void {
    this.#send({ type: "manifest", manifest: signed });
  }

  sendHave(base: number, bitmap: Uint8Array): void {
    for (let at = 0; at < bitmap.length; at += MAX_BITMAP_BYTES) {
      const part = bitmap.subarray(at, at + MAX_BITMAP_BYTES);
      this.#send({ type: "have", swarm: this.swarm, base: base + 8 * at, bitmap: part });
    }
  }

  sendWant(pieces: readonly number[]): void {
    this.#sendList("want", pieces);
    if (pieces.length > 0 && !this.#closed) this.#ports.onWant();
  }

  sendSkip(pieces: readonly number[]): void {
    this.#sendList("skip", pieces);
  }

  sendLater(piece: number, delayMs: number): void {
    const rounded = Math.min(0xffff, Math.max(0, Math.ceil(delayMs)));
    this.#send({ type: "later", swarm: this.swarm, piece, delayMs: rounded });
  }

  queueMs(urgent: boolean): number {
    return this.#ports.queueMs(urgent);
  }

  rttMs(): number | undefined {
    return this.#ports.rttMs();
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#ports.queue.close();
    this.#ports.onClose();
  }

  #sendList(type: "want" | "skip", pieces: readonly number[]): void {
    for (let at = 0; at < pieces.length; at += MAX_LISTED_PIECES) {
      this.#send({ type, swarm: this.swarm, pieces: pieces.slice(at, at + MAX_LISTED_PIECES) });
    }
  }

  #send(frame: SwarmFrame): void {
    if (!this.#closed) this.#ports.send(encodeSwarmFrame(frame));
  }
}
