import { Counter, type Registry } from "prom-client";

/** More label values than any counter of ours has; the rest are counted as "other" so that strangers cannot grow a series each. */
const MAX_LABELS = 64;
const LABEL = /^[a-z0-9][a-z0-9-]{0,40}$/;

/** A counter with one label of few values, which can also be read back. */
export class LabelledCounter {
  readonly #counter: Counter;
  readonly #label: string;
  readonly #totals = new Map<string, number>();

  constructor(registry: Registry, options: { readonly name: string; readonly help: string; readonly label: string }) {
    this.#label = options.label;
    this.#counter = new Counter({
      name: options.name,
      help: options.help,
      labelNames: [options.label],
      registers: [registry],
    });
  }

  /** Adds `amount` (0 announces the series); an amount below 0 or not finite is ignored. */
  add(value: string, amount = 1): void {
    if (!(amount >= 0 && amount < Number.POSITIVE_INFINITY)) return;
    const label = this.#bounded(value);
    this.#totals.set(label, (this.#totals.get(label) ?? 0) + amount);
    this.#counter.inc({ [this.#label]: label }, amount);
  }

  /** What was added for this value so far. */
  get(value: string): number {
    return this.#totals.get(value) ?? 0;
  }

  all(): Record<string, number> {
    return Object.fromEntries(this.#totals);
  }

  #bounded(value: string): string {
    if (this.#totals.has(value)) return value;
    return LABEL.test(value) && this.#totals.size < MAX_LABELS ? value : "other";
  }
}
