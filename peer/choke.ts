/** Looks are at least this far apart. */
const LOOK_MS = 900;
/** What is in flight should be gone after this long. */
const LONGEST_DRAIN_MS = 2_000;
/** One look may fall on the moment in which something was sent, or on a loss. */
const LOOKS = 2;

/**
 * Whether a line has become too slow for what was sent on it. SCTP takes nothing back: until that has gone, whatever else this machine
 * has to say on the same uplink, acknowledgements and requests of its own, is late or lost.
 */
export class Choke {
  #lookedMs = 0;
  #ackedBytes = 0;
  #looks = 0;

  /** To be asked about once a second while something is in flight. */
  look(flight: { readonly bytes: number; readonly ackedBytes: number }, nowMs: number): boolean {
    const ms = nowMs - this.#lookedMs;
    if (ms < LOOK_MS) return false;
    const gone = ((flight.ackedBytes - this.#ackedBytes) * LONGEST_DRAIN_MS) / ms;
    this.#looks = flight.bytes > gone ? this.#looks + 1 : 0;
    this.#lookedMs = nowMs;
    this.#ackedBytes = flight.ackedBytes;
    return this.#looks >= LOOKS;
  }
}
