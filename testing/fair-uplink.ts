import type { Clock } from "../peer/clock.ts";
import type { Parcel, UplinkPort } from "./swarm-sim-uplink.ts";

/** What leaves at once: one frame. */
const PART_BYTES = 65_536;

/** An uplink whose links take turns, a frame each, as those of a real peer roughly do: each has a queue of its own. */
export class FairUplink {
  readonly #clock: Clock;
  readonly #bytesPerMs: number;
  /** Links with something to send, whose turn comes first at the front. */
  readonly #turns: Lane[] = [];
  #busy = false;
  #closed = false;
  sentBytes = 0;

  constructor(clock: Clock, rateBps: number) {
    this.#clock = clock;
    this.#bytesPerMs = rateBps / 8_000;
  }

  lane(): UplinkPort {
    return new Lane({
      wake: (lane) => {
        if (!this.#turns.includes(lane)) this.#turns.push(lane);
        this.#next();
      },
      bytesPerMs: () => this.#bytesPerMs / Math.max(1, this.#turns.length),
    });
  }

  close(): void {
    this.#closed = true;
  }

  #next(): void {
    const lane = this.#turns[0];
    if (this.#busy || this.#closed || lane === undefined) return;
    const bytes = lane.begin(PART_BYTES);
    if (bytes === 0) {
      this.#turns.shift();
      return this.#next();
    }
    this.#busy = true;
    this.#clock.after(bytes / this.#bytesPerMs, () => {
      if (this.#closed) return;
      this.#busy = false;
      this.sentBytes += bytes;
      this.#turns.push(...this.#turns.splice(0, 1));
      lane.end(bytes);
      this.#next();
    });
  }
}

interface LanePorts {
  readonly wake: (lane: Lane) => void;
  /** What this link gets of the uplink now. */
  readonly bytesPerMs: () => number;
}

class Lane implements UplinkPort {
  readonly #ports: LanePorts;
  readonly #parcels: Parcel[] = [];
  #sentOfFirst = 0;
  #bytes = 0;

  constructor(ports: LanePorts) {
    this.#ports = ports;
  }

  queueMs(): number {
    return this.#bytes / this.#ports.bytesPerMs();
  }

  send(parcel: Parcel): void {
    this.#parcels.push(parcel);
    this.#bytes += parcel.bytes;
    this.#ports.wake(this);
  }

  drop(parcel: Parcel): void {
    const at = this.#parcels.indexOf(parcel);
    if (at < 0) return;
    this.#parcels.splice(at, 1);
    this.#bytes -= parcel.bytes;
  }

  /** How much of the first parcel goes next; 0: nothing is there. */
  begin(maxBytes: number): number {
    const [parcel] = this.#parcels;
    if (parcel === undefined) return 0;
    parcel.state = "leaving";
    return Math.min(maxBytes, parcel.bytes - this.#sentOfFirst);
  }

  end(bytes: number): void {
    const [parcel] = this.#parcels;
    if (parcel === undefined) return;
    this.#sentOfFirst += bytes;
    this.#bytes -= bytes;
    if (this.#sentOfFirst < parcel.bytes) return parcel.partSent?.();
    this.#sentOfFirst = 0;
    this.#parcels.shift();
    parcel.sent();
  }
}
