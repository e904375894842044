/** Runs jobs, a few at a time. Those that wait longest are given up first: in a live stream they are the least wanted. */
export class AskInTurn {
  readonly #atOnce: number;
  readonly #maxWaiting: number;
  readonly #waiting: { run(): Promise<void>; giveUp(): void }[] = [];
  #running = 0;

  constructor(atOnce: number, maxWaiting: number) {
    this.#atOnce = atOnce;
    this.#maxWaiting = maxWaiting;
  }

  /** Resolves with what the job resolves with, or with `givenUp` if its turn did not come. The job must not reject. */
  ask<T>(job: () => Promise<T>, givenUp: T): Promise<T> {
    return new Promise((resolve) => {
      this.#waiting.push({ run: () => job().then(resolve), giveUp: () => resolve(givenUp) });
      if (this.#waiting.length > this.#maxWaiting) this.#waiting.shift()?.giveUp();
      this.#next();
    });
  }

  #next(): void {
    if (this.#running >= this.#atOnce) return;
    const job = this.#waiting.shift();
    if (job === undefined) return;
    this.#running += 1;
    void job.run().finally(() => {
      this.#running -= 1;
      this.#next();
    });
  }
}
