import type { Clock } from "../peer/clock.ts";

export interface SimLinkOptions {
  readonly clock: Clock;
  /** Bits a second, headers included. */
  readonly rateBps: number;
  /** What the queue holds; a packet that does not fit is lost (tail drop). */
  readonly queueBytes: number;
  /** The server stops for `forMs` about every `everyMs`: a busy machine rather than a line. */
  readonly pauses?: { readonly everyMs: number; readonly forMs: number; readonly random: () => number };
}

interface Packet {
  readonly bytes: number;
  readonly arrivedMs: number;
  readonly leave: () => void;
}

/** A bottleneck: a first-in-first-out queue limited in bytes, emptied at a rate. Several connections may share it. */
export class SimLink {
  readonly #clock: Clock;
  readonly #queueBytes: number;
  #rateBps: number;
  readonly #packets: Packet[] = [];
  #head = 0;
  #backlogBytes = 0;
  #serving = false;
  #pausedUntilMs = 0;
  #waitedMs = 0;
  #served = 0;
  #drops = 0;
  #peakBytes = 0;

  constructor(options: SimLinkOptions) {
    this.#clock = options.clock;
    this.#queueBytes = options.queueBytes;
    this.#rateBps = options.rateBps;
    if (options.pauses !== undefined) this.#schedulePause(options.pauses);
  }

  set rateBps(rateBps: number) {
    this.#rateBps = rateBps;
  }

  get backlogBytes(): number {
    return this.#backlogBytes;
  }

  /** False if the packet was lost; otherwise `leave` is called when its last bit is out. */
  enqueue(bytes: number, leave: () => void): boolean {
    if (this.#backlogBytes + bytes > this.#queueBytes) {
      this.#drops += 1;
      return false;
    }
    this.#packets.push({ bytes, arrivedMs: this.#clock.nowMs(), leave });
    this.#backlogBytes += bytes;
    this.#peakBytes = Math.max(this.#peakBytes, this.#backlogBytes);
    this.#serve();
    return true;
  }

  /** Since the last call: packets lost, mean wait in the queue before service, and the longest queue. */
  takeStats(): { drops: number; meanWaitMs: number; peakBytes: number } {
    const stats = {
      drops: this.#drops,
      meanWaitMs: this.#waitedMs / Math.max(1, this.#served),
      peakBytes: this.#peakBytes,
    };
    this.#drops = 0;
    this.#waitedMs = 0;
    this.#served = 0;
    this.#peakBytes = 0;
    return stats;
  }

  #serve(): void {
    const packet = this.#packets[this.#head];
    if (this.#serving || packet === undefined) return;
    this.#serving = true;
    const startMs = Math.max(this.#clock.nowMs(), this.#pausedUntilMs);
    this.#waitedMs += startMs - packet.arrivedMs;
    this.#served += 1;
    const doneMs = startMs + (packet.bytes * 8_000) / this.#rateBps;
    this.#clock.after(doneMs - this.#clock.nowMs(), () => this.#leave(packet));
  }

  #leave(packet: Packet): void {
    this.#serving = false;
    this.#backlogBytes -= packet.bytes;
    this.#head += 1;
    if (this.#head > 4_096) this.#packets.splice(0, this.#head);
    if (this.#head > 4_096) this.#head = 0;
    packet.leave();
    this.#serve();
  }

  #schedulePause(pauses: NonNullable<SimLinkOptions["pauses"]>): void {
    const { everyMs, forMs, random } = pauses;
    this.#clock.after(everyMs * (0.5 + random()), () => {
      this.#pausedUntilMs = this.#clock.nowMs() + forMs;
      this.#schedulePause(pauses);
    });
  }
}
