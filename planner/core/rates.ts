/** Swarms whose rates are remembered; the oldest is forgotten first. */
const MOST = 10_000;

/** Rates of swarms, in bits a second: they outlive a swarm's members, for the origin tells a rate but once. */
export class Rates {
  readonly #known = new Map<number, number>();
  readonly #defaultBps: number;

  constructor(defaultBps: number) {
    this.#defaultBps = defaultBps;
  }

  get(swarm: number): number {
    return this.#known.get(swarm) ?? this.#defaultBps;
  }

  set(swarm: number, rateBps: number): void {
    this.#known.delete(swarm);
    this.#known.set(swarm, rateBps);
    for (const oldest of this.#known.keys()) {
      if (this.#known.size <= MOST) return;
      this.#known.delete(oldest);
    }
  }
}
