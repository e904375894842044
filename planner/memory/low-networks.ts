import { LRUCache } from "lru-cache";
import { OWN_NETWORK } from "../network.ts";

/** Home addresses are given anew about as often. */
const LOW_MS = 86_400_000;
const MAX_NETWORKS = 10_000;

/**
 * Networks in which somebody was lately whom nobody should be served by. Who is new there is asked for nothing, or forgetting what it
 * is known by would clear a liar. Its neighbours lose nothing by that: they are served as ever. Kept in memory alone, because it
 * would be a list of addresses.
 */
export class LowNetworks {
  /** Until when, by network. */
  readonly #untilMs = new LRUCache<string, number>({ max: MAX_NETWORKS });

  add(network: string, nowMs: number): void {
    if (network !== OWN_NETWORK) this.#untilMs.set(network, nowMs + LOW_MS);
  }

  has(network: string, nowMs: number): boolean {
    return nowMs < (this.#untilMs.get(network) ?? 0);
  }
}
