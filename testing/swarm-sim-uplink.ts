import type { Clock } from "../peer/clock.ts";

/** A piece that waits to leave. */
export interface Parcel {
  readonly bytes: number;
  readonly urgent: boolean;
  /** Called when its last byte has left. */
  readonly sent: () => void;
  /** Called when a part of it has left that is not the last one. */
  readonly partSent?: () => void;
  /** Waits, is on its way out, or was taken back. */
  state: "waiting" | "leaving" | "dropped";
}

/** Where a link's pieces leave. */
export interface UplinkPort {
  queueMs(urgent: boolean): number;
  send(parcel: Parcel): void;
  /** Takes back one that waits. */
  drop(parcel: Parcel): void;
}

/** What leaves at once: one frame. */
const PART_BYTES = 65_536;

/** An uplink of a simulated peer: one thing after the other at its rate, urgent ones first. */
export class SimUplink implements UplinkPort {
  readonly #clock: Clock;
  readonly #bytesPerMs: number;
  readonly #urgent: Parcel[] = [];
  readonly #rest: Parcel[] = [];
  #waiting = { urgent: 0, rest: 0 };
  #freeMs = 0;
  #busy = false;
  #sentBytes = 0;
  #closed = false;

  constructor(clock: Clock, rateBps: number) {
    this.#clock = clock;
    this.#bytesPerMs = rateBps / 8_000;
  }

  get sentBytes(): number {
    return this.#sentBytes;
  }

  queueMs(urgent: boolean): number {
    const bytes = this.#waiting.urgent + (urgent ? 0 : this.#waiting.rest);
    return Math.max(0, this.#freeMs - this.#clock.nowMs()) + bytes / this.#bytesPerMs;
  }

  send(parcel: Parcel): void {
    (parcel.urgent ? this.#urgent : this.#rest).push(parcel);
    this.#waiting[parcel.urgent ? "urgent" : "rest"] += parcel.bytes;
    if (!this.#busy) this.#next();
  }

  drop(parcel: Parcel): void {
    parcel.state = "dropped";
    this.#waiting[parcel.urgent ? "urgent" : "rest"] -= parcel.bytes;
  }

  close(): void {
    this.#closed = true;
  }

  #next(): void {
    let parcel = this.#urgent.shift() ?? this.#rest.shift();
    while (parcel?.state === "dropped") parcel = this.#urgent.shift() ?? this.#rest.shift();
    this.#busy = parcel !== undefined && !this.#closed && this.#bytesPerMs > 0;
    if (parcel === undefined || !this.#busy) return;
    parcel.state = "leaving";
    this.#waiting[parcel.urgent ? "urgent" : "rest"] -= parcel.bytes;
    this.#leave(parcel, parcel.bytes);
  }

  #leave(parcel: Parcel, leftBytes: number): void {
    const bytes = Math.min(PART_BYTES, leftBytes);
    this.#freeMs = this.#clock.nowMs() + leftBytes / this.#bytesPerMs;
    this.#clock.after(bytes / this.#bytesPerMs, () => {
      if (this.#closed) return;
      this.#sentBytes += bytes;
      if (bytes < leftBytes) {
        parcel.partSent?.();
        return this.#leave(parcel, leftBytes - bytes);
      }
      parcel.sent();
      this.#next();
    });
  }
}
