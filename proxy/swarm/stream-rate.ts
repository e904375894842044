/** Weight of the newest segment: a stream that changes its rate is known again after some ten segments. */
const NEWEST = 0.3;

/** How many bits a second a stream takes, from its segments. */
export class StreamRate {
  #rateBps: number | undefined;

  /** Bits a second; undefined before the first segment. */
  get rateBps(): number | undefined {
    return this.#rateBps;
  }

  add(lengthBytes: number, durationMs: number): void {
    if (!(durationMs > 0)) return;
    const nowBps = (lengthBytes * 8_000) / durationMs;
    this.#rateBps = Math.round(
      this.#rateBps === undefined ? nowBps : this.#rateBps + NEWEST * (nowBps - this.#rateBps),
    );
  }
}
