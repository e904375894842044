import { ORIGIN_PEER } from "../protocol/ids.ts";

/** Payload that a receiver says it got, from the origin and from viewers. */
export interface Received {
  readonly origin: number;
  readonly viewer: number;
}

interface Count {
  origin: number;
  viewer: number;
  sent: number;
}

/** Payload that moved in swarms, by what receivers reported. */
export class ByteCounts {
  /** By swarm and peer. */
  readonly #counts = new Map<number, Map<number, Count>>();
  #viewerBytes = 0;

  /** All that viewers ever got from each other. */
  get viewerBytes(): number {
    return this.#viewerBytes;
  }

  add(swarm: number, reporter: number, sender: number, bytes: number): void {
    if (sender !== ORIGIN_PEER) this.#viewerBytes += bytes;
    this.#of(swarm, reporter)[sender === ORIGIN_PEER ? "origin" : "viewer"] += bytes;
    this.#of(swarm, sender).sent += bytes;
  }

  received(swarm: number, peer: number): Received {
    const { origin = 0, viewer = 0 } = this.#counts.get(swarm)?.get(peer) ?? {};
    return { origin, viewer };
  }

  sentBytes(swarm: number, peer: number): number {
    return this.#counts.get(swarm)?.get(peer)?.sent ?? 0;
  }

  forget(swarm: number, peer: number): void {
    const counts = this.#counts.get(swarm);
    counts?.delete(peer);
    // The origin never leaves; nobody is left when only it is.
    if (counts !== undefined && [...counts.keys()].every((left) => left === ORIGIN_PEER)) this.#counts.delete(swarm);
  }

  #of(swarm: number, peer: number): Count {
    const counts = this.#counts.get(swarm) ?? new Map<number, Count>();
    this.#counts.set(swarm, counts);
    const count = counts.get(peer) ?? { origin: 0, viewer: 0, sent: 0 };
    counts.set(peer, count);
    return count;
  }
}
