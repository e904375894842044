import type { PlannerCommand } from "./core/planner-ports.ts";

/** Every peer's present part in every swarm, as the planner last assigned it. */
export class Parts {
  readonly #parts = new Map<number, Map<number, PlannerCommand>>();

  /** Swarms that anybody has a part in. */
  get swarms(): number[] {
    return [...this.#parts.keys()];
  }

  set(part: PlannerCommand): void {
    const peers = this.#parts.get(part.swarm) ?? new Map<number, PlannerCommand>();
    peers.set(part.peer, part);
    this.#parts.set(part.swarm, peers);
  }

  of(swarm: number, peer: number): PlannerCommand | undefined {
    return this.#parts.get(swarm)?.get(peer);
  }

  delete(swarm: number, peer: number): void {
    const peers = this.#parts.get(swarm);
    peers?.delete(peer);
    if (peers?.size === 0) this.#parts.delete(swarm);
  }
}
