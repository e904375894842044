/** One direction of a line. */
export interface LineShape {
  /** Bits per second of IP packets. */
  readonly rateBps: number;
  /** One way. */
  readonly delayMs: number;
  /** What may wait in front of the line before packets are dropped. */
  readonly queueBytes: number;
}

export interface LineReport {
  /** Packets and bytes that went through, IP and UDP headers included. */
  readonly packets: number;
  readonly bytes: number;
  readonly drops: number;
  /** How long packets waited in front of the line. */
  readonly queueMs: { readonly mean: number; readonly p50: number; readonly p95: number; readonly max: number };
}

/** IPv4 + UDP. */
const HEADER_BYTES = 28;

/** A line of fixed rate and delay behind a byte-limited queue that drops at its tail. Knows no timer: it says when a packet leaves. */
export class LineQueue {
  readonly #shape: LineShape;
  #busyUntilMs = 0;
  #bytes = 0;
  #drops = 0;
  readonly #waitsMs: number[] = [];

  constructor(shape: LineShape) {
    this.#shape = shape;
  }

  /** When the packet comes out at the far end, or undefined if it was dropped. */
  offer(payloadBytes: number, nowMs: number): number | undefined {
    const bytes = payloadBytes + HEADER_BYTES;
    const waitMs = Math.max(0, this.#busyUntilMs - nowMs);
    if ((waitMs * this.#shape.rateBps) / 8_000 + bytes > this.#shape.queueBytes) {
      this.#drops += 1;
      return undefined;
    }
    this.#bytes += bytes;
    this.#waitsMs.push(waitMs);
    this.#busyUntilMs = Math.max(this.#busyUntilMs, nowMs) + (bytes * 8_000) / this.#shape.rateBps;
    return this.#busyUntilMs + this.#shape.delayMs;
  }

  /** What happened since the last report. */
  takeReport(): LineReport {
    const waits = this.#waitsMs.splice(0).sort((a, b) => a - b);
    const at = (share: number): number => waits[Math.min(waits.length - 1, Math.floor(waits.length * share))] ?? 0;
    const mean = waits.reduce((sum, wait) => sum + wait, 0) / Math.max(1, waits.length);
    const report = { packets: waits.length, bytes: this.#bytes, drops: this.#drops };
    this.#bytes = 0;
    this.#drops = 0;
    return { ...report, queueMs: { mean, p50: at(0.5), p95: at(0.95), max: at(1) } };
  }
}
