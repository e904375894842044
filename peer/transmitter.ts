import type { Channel } from "./channel.ts";
import type { Clock } from "./clock.ts";
import { Window } from "./window.ts";

/** Something with frames to send: a stream, the pieces of a swarm. */
export interface Turn {
  /** Whether somebody waits for it now; what nobody waits for goes behind. */
  readonly urgent: boolean;
  /** Sends the next frame with {@link Transmitter.sendCounted}, of at most `maxBytes` in all; false: nothing to send for now. */
  step(maxBytes: number): boolean;
}

/** Accepted by the channel and not on its way: above this the engine below is stuck whatever the ACKs say. */
const MAX_BUFFERED_BYTES = 1_048_576;
/** The channel has no event for a drained buffer, so look again after this. */
const BUFFER_POLL_MS = 10;
/** Frames of what is urgent for each one of what is not: a push must be late before it starves, and is asked for when it is late. */
const URGENT_FRAMES = 3;
/** What that leaves of the line to what is not urgent, at the least. */
export const PUSH_SHARE = 1 / (1 + URGENT_FRAMES);
/** Assumed before the first ACK, for an estimate of the rate only. */
const UNKNOWN_RTT_MS = 100;

/** Puts frames on a channel as its window admits, by turns. */
export class Transmitter {
  readonly #channel: Channel;
  readonly #clock: Clock;
  readonly #onLost: () => void;
  readonly #window = new Window();
  /** Who has something to send, in turn. */
  readonly #urgent = new Set<Turn>();
  readonly #others = new Set<Turn>();
  /** Urgent frames since the others had a turn. */
  #urgentFrames = 0;
  /** Last ACK, or the first frame of a flight. */
  #movedMs = 0;
  #cancelTimer: (() => void) | undefined;
  #pumping = false;
  #stopped = false;

  /** `onLost`: the channel refused a message, so nothing after it is worth anything. */
  constructor(channel: Channel, clock: Clock, onLost: () => void) {
    this.#channel = channel;
    this.#clock = clock;
    this.#onLost = onLost;
  }

  get flight(): { readonly sentBytes: number; readonly ackedBytes: number; readonly bytes: number } {
    return this.#window.flight;
  }

  get windowBytes(): number {
    return this.#window.bytes;
  }

  /** Newest round trip of a counted frame, queueing included; 0 before the first ACK. */
  get rttMs(): number {
    return this.#window.rttMs;
  }

  /** About what the link delivers, by its window. */
  get bytesPerMs(): number {
    return this.#window.bytes / (this.#window.rttMs || UNKNOWN_RTT_MS);
  }

  /** How much longer than a round trip the oldest news of what is in flight has been missing. */
  get stalledMs(): number {
    if (this.#window.flight.bytes === 0) return 0;
    return Math.max(0, this.#clock.nowMs() - this.#movedMs - this.#window.rttMs);
  }

  /** Urgent turns in line. */
  get urgentTurns(): number {
    return this.#urgent.size;
  }

  /** The channel holds more than it gets rid of: nothing that can be left unsaid should be said. */
  get stuck(): boolean {
    return this.#channel.bufferedBytes() > MAX_BUFFERED_BYTES;
  }

  /** In line from now on, by its present urgency. */
  ready(turn: Turn): void {
    if (this.#stopped) return;
    this.#line(turn);
    this.#pump();
  }

  /** Out of line. */
  idle(turn: Turn): void {
    this.#urgent.delete(turn);
    this.#others.delete(turn);
  }

  /** Sends at once, whatever the window says; false if the channel is lost. */
  send(bytes: Uint8Array<ArrayBuffer>): boolean {
    if (this.#stopped) return false;
    if (this.#channel.send(bytes)) return true;
    this.stop();
    this.#onLost();
    return false;
  }

  /** Sends a frame that its receiver counts. */
  sendCounted(bytes: Uint8Array<ArrayBuffer>): boolean {
    if (this.#stopped) return false;
    if (this.#window.flight.bytes === 0) this.#movedMs = this.#clock.nowMs();
    this.#window.sent(bytes.length, this.#clock.nowMs());
    return this.send(bytes);
  }

  /** Takes the peer's total of counted bytes; false if it claims more than was sent. */
  acked(totalBytes: number): boolean {
    this.#movedMs = this.#clock.nowMs();
    const possible = this.#window.acked(totalBytes, this.#movedMs);
    this.#pump();
    return possible;
  }

  stop(): void {
    this.#stopped = true;
    this.#urgent.clear();
    this.#others.clear();
    this.#cancelTimer?.();
  }

  #line(turn: Turn): void {
    const [line, other] = turn.urgent ? [this.#urgent, this.#others] : [this.#others, this.#urgent];
    other.delete(turn);
    line.add(turn);
  }

  #pump(): void {
    if (this.#pumping) return;
    this.#pumping = true;
    for (let turn = this.#next(); turn !== undefined; turn = this.#next()) {
      const waitMs = this.stuck ? BUFFER_POLL_MS : this.#window.admitMs(this.#clock.nowMs());
      if (waitMs > 0) {
        this.#pumpAfter(waitMs);
        break;
      }
      this.#urgentFrames = this.#urgent.has(turn) ? this.#urgentFrames + 1 : 0;
      this.idle(turn);
      // Back at the end of its line, so it comes again after all the others.
      if (turn.step(this.#window.frameBytes()) && !this.#stopped) this.#line(turn);
    }
    this.#pumping = false;
  }

  #next(): Turn | undefined {
    const [urgent] = this.#urgent;
    const [other] = this.#others;
    return other !== undefined && this.#urgentFrames >= URGENT_FRAMES ? other : (urgent ?? other);
  }

  #pumpAfter(delayMs: number): void {
    this.#cancelTimer?.();
    this.#cancelTimer = undefined;
    if (delayMs === Number.POSITIVE_INFINITY) return;
    this.#cancelTimer = this.#clock.after(delayMs, () => this.#pump());
  }
}
