/** Time as a port: pure code never reads the real one. */
export interface Clock {
  /** Milliseconds, monotonic, any zero, fractions allowed. */
  nowMs(): number;
  /** Calls `run` once after `delayMs`; the returned function cancels. */
  after(delayMs: number, run: () => void): () => void;
}
