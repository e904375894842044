import type { Transmitter } from "../transmitter.ts";
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
      queueMs: () => this.#queueMs(),
      rttMs,
      onClose: () => this.#swarms.delete(swarm),
    });
    this.#swarms.set(swarm, { link, queue });
    return link;
  }

  close(): void {
    for (const { link } of [...this.#swarms.values()]) link.close();
  }

  /** All that is queued at the rate the link delivers, streams in line taking their share; longer while nothing is acknowledged. */
  #queueMs(): number {
    const queuedBytes = this.queuedBytes;
    if (queuedBytes === 0) return 0;
    const { transmitter, budget } = this.#ports;
    const linkBytesPerMs = transmitter.bytesPerMs / (1 + this.#streamsInLine);
    const bytesPerMs = Math.min(linkBytesPerMs, budget?.bytesPerMs ?? Number.POSITIVE_INFINITY);
    return transmitter.stalledMs + queuedBytes / bytesPerMs;
  }

  get #streamsInLine(): number {
    let pieces = 0;
    for (const { queue } of this.#swarms.values()) pieces += queue.urgent ? 1 : 0;
    return Math.max(0, this.#ports.transmitter.urgentTurns - pieces);
  }
}
