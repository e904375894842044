import { PUSH_SHARE, type Transmitter } from "../transmitter.ts";
import type { UploadBudget } from "../upload-budget.ts";
import { PieceQueue } from "./piece-queue.ts";
import { createSwarmLink, type SwarmLink } from "./swarm-link.ts";

export interface SwarmSenderPorts {
  readonly peer: number;
  readonly transmitter: Transmitter;
  readonly budget: UploadBudget | undefined;
  readonly onSent: (payloadBytes: number) => void;
  readonly onWant: () => void;
  readonly rttMs: () => number | undefined;
}

interface Entry {
  readonly link: SwarmLink;
  readonly queue: PieceQueue;
}

/** What one link sends for its swarms. */
export class SwarmSender {
  readonly #ports: SwarmSenderPorts;
  readonly #swarms = new Map<number, Entry>();

  constructor(ports: SwarmSenderPorts) {
    this.#ports = ports;
  }

  /** Payload of pieces not yet sent. */
  get queuedBytes(): number {
    let bytes = 0;
    for (const { queue } of this.#swarms.values()) bytes += queue.bytes;
    return bytes;
  }

  swarm(swarm: number): SwarmLink {
    const known = this.#swarms.get(swarm);
    if (known !== undefined) return known.link;
    const { peer, transmitter, rttMs, onWant } = this.#ports;
    const queue = new PieceQueue(swarm, this.#ports);
    const link = createSwarmLink(swarm, {
      peer,
      queue,
      send: (bytes) => transmitter.send(bytes),
      onWant,
      queueMs: (urgent) => this.#queueMs(urgent),
      rttMs,
      onClose: () => this.#swarms.delete(swarm),
    });
    this.#swarms.set(swarm, { link, queue });
    return link;
  }

  close(): void {
    for (const { link } of [...this.#swarms.values()]) link.close();
  }

  /** What goes first, at the rate the link delivers, beside streams that take their turns; longer while nothing is acknowledged, for ever while nothing may be sent. */
  #queueMs(urgent: boolean): number {
    const { transmitter, budget } = this.#ports;
    const mostBytesPerMs = budget?.bytesPerMs ?? Number.POSITIVE_INFINITY;
    if (mostBytesPerMs === 0) return Number.POSITIVE_INFINITY;
    let urgentBytes = 0;
    for (const { queue } of this.#swarms.values()) urgentBytes += queue.urgentBytes;
    const bytes = urgent ? urgentBytes : this.queuedBytes;
    if (bytes === 0) return 0;
    const streams = this.#streamsInLine;
    const share = urgent || streams === 0 ? 1 / (1 + streams) : PUSH_SHARE;
    const bytesPerMs = Math.min(transmitter.bytesPerMs * share, mostBytesPerMs);
    return transmitter.stalledMs + bytes / bytesPerMs;
  }

  get #streamsInLine(): number {
    let pieces = 0;
    for (const { queue } of this.#swarms.values()) pieces += queue.urgent ? 1 : 0;
    return Math.max(0, this.#ports.transmitter.urgentTurns - pieces);
  }
}
