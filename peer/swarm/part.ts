import type { Assignment } from "./member-ports.ts";

/** Pieces of a parent that is one no longer are welcome for this long: they were on their way, or its own news was late. */
const FORMER_MS = 5_000;

/** This peer's part as assigned now, asked by stripe. */
export class Part {
  #stripes = 1;
  /** Each parent and since when it is one, by stripe. */
  #parents: Map<number, number>[] = [];
  #children: number[][] = [];
  #allChildren = new Set<number>();
  readonly #former = new Map<number, number>();

  replace(assignment: Assignment, nowMs: number): void {
    const before = this.#parents;
    this.#stripes = Math.max(1, assignment.stripes);
    this.#parents = Array.from({ length: this.#stripes }, () => new Map());
    this.#children = Array.from({ length: this.#stripes }, () => []);
    this.#allChildren = new Set();
    for (const { stripe, peer } of assignment.parents) {
      this.#parents[stripe]?.set(peer, before[stripe]?.get(peer) ?? nowMs);
    }
    for (const { stripe, peer } of assignment.children) {
      this.#children[stripe]?.push(peer);
      this.#allChildren.add(peer);
    }
    this.#remember(before, nowMs);
  }

  stripeOf(piece: number): number {
    return piece % this.#stripes;
  }

  get stripes(): number {
    return this.#stripes;
  }

  /** The stripe's parents, each with the time since when it is one. */
  parents(stripe: number): ReadonlyMap<number, number> {
    return this.#parents[stripe] ?? NOBODY;
  }

  /** In the planner's order: whom to serve first. */
  children(stripe: number): readonly number[] {
    return this.#children[stripe] ?? [];
  }

  get allChildren(): ReadonlySet<number> {
    return this.#allChildren;
  }

  /** Whether a piece of this stripe may come from this peer unasked. */
  mayPush(peer: number, stripe: number, nowMs: number): boolean {
    return this.parents(stripe).has(peer) || (this.#former.get(peer) ?? Number.NEGATIVE_INFINITY) > nowMs;
  }

  #remember(before: readonly ReadonlyMap<number, number>[], nowMs: number): void {
    for (const [peer, untilMs] of this.#former) if (untilMs <= nowMs) this.#former.delete(peer);
    for (const [stripe, parents] of before.entries()) {
      for (const peer of parents.keys()) {
        if (!this.parents(stripe).has(peer)) this.#former.set(peer, nowMs + FORMER_MS);
      }
    }
  }
}

const NOBODY: ReadonlyMap<number, number> = new Map();
