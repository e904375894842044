import type { LookupAddress } from "node:dns";
import type { Clock } from "../../peer/clock.ts";

/** Seldom enough that DNS costs nothing, often enough that an app that has moved is found in the time of a restart. */
const KEEP_MS = 5_000;
/** A name server that is silent holds up nobody for longer, once an address is known. */
const PATIENCE_MS = 1_000;

export interface UpstreamAddressesOptions {
  readonly clock: Clock;
  /** All addresses of a name, in the order in which they are to be tried. */
  readonly resolve: (name: string) => Promise<readonly LookupAddress[]>;
  /** Whether connecting there would reach ourselves: such an answer is a mistake or an attack. */
  readonly isOwn: (address: string) => boolean;
}

/**
 * Where the app is, by DNS. A name is asked for again and again, since containers and home networks change their addresses; what was
 * known last goes on to serve while DNS gives no usable answer.
 */
export class UpstreamAddresses {
  readonly #options: UpstreamAddressesOptions;
  #known: readonly LookupAddress[] | undefined;
  /** Until then nobody asks again, whatever came of the last time. */
  #untilMs = Number.NEGATIVE_INFINITY;
  #asking: Promise<readonly LookupAddress[]> | undefined;

  constructor(options: UpstreamAddressesOptions) {
    this.#options = options;
  }

  /** Rejects only if no usable answer has ever come. There is one upstream, so it is always the same `name`. */
  of(name: string): Promise<readonly LookupAddress[]> {
    const known = this.#known;
    if (known === undefined) return this.#ask(name);
    if (this.#options.clock.nowMs() < this.#untilMs) return Promise.resolve(known);
    return this.#within(this.#ask(name), known);
  }

  #ask(name: string): Promise<readonly LookupAddress[]> {
    this.#asking ??= this.#resolve(name).finally(() => {
      this.#asking = undefined;
      this.#untilMs = this.#options.clock.nowMs() + KEEP_MS;
    });
    return this.#asking;
  }

  async #resolve(name: string): Promise<readonly LookupAddress[]> {
    try {
      const all = await this.#options.resolve(name);
      const usable = all.filter(({ address }) => !this.#options.isOwn(address));
      if (usable.length === 0)
        throw Object.assign(new Error(`${name} leads to nobody but ourselves`), { code: "ELOOP" });
      this.#known = usable;
      return usable;
    } catch (error) {
      if (this.#known !== undefined) return this.#known;
      throw error;
    }
  }

  #within(
    answer: Promise<readonly LookupAddress[]>,
    known: readonly LookupAddress[],
  ): Promise<readonly LookupAddress[]> {
    return new Promise((resolve) => {
      const cancel = this.#options.clock.after(PATIENCE_MS, () => {
        this.#untilMs = this.#options.clock.nowMs() + KEEP_MS;
        resolve(known);
      });
      void answer.then((addresses) => {
        cancel();
        resolve(addresses);
      });
    });
  }
}
