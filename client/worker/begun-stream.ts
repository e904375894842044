import type { StreamSink, SwarmStream } from "./swarm/swarm-stream.ts";

export interface BegunStreamPorts {
  /** The origin may send so much more. */
  grant(bytes: number): void;
  /** The origin's stream is over; what follows comes from what this opens. */
  goOn(open: (sink: StreamSink) => SwarmStream): void;
}

/** A body that a note began and the origin's link brings, until a swarm goes on with it at the same byte. */
export class BegunStream {
  readonly creditBytes: number;
  readonly #ports: BegunStreamPorts;
  /** Bytes that came, those the reader took of them, and those the origin may send in all. */
  #cameBytes = 0;
  #takenBytes = 0;
  #grantedBytes: number;
  #held = false;
  #over = false;
  #onCame: () => void = () => {};
  #onOver: () => void = () => {};

  constructor(creditBytes: number, ports: BegunStreamPorts) {
    this.creditBytes = creditBytes;
    this.#grantedBytes = creditBytes;
    this.#ports = ports;
  }

  /** Where the origin will have to stop unless it is granted more, in bytes from the stream's beginning. */
  get grantedBytes(): number {
    return this.#grantedBytes;
  }

  get cameBytes(): number {
    return this.#cameBytes;
  }

  get unreadBytes(): number {
    return this.#cameBytes - this.#takenBytes;
  }

  /** Who may go on with it hears when more came, and once when it is over. */
  watch(onCame: () => void, onOver: () => void): void {
    this.#onCame = onCame;
    this.#onOver = onOver;
    if (this.#over) onOver();
  }

  /** The origin's link brought so much more. */
  came(bytes: number): void {
    this.#cameBytes += bytes;
    this.#onCame();
  }

  /** The reader took so much; it may say so before we have counted that it came. */
  taken(bytes: number): void {
    this.#takenBytes += bytes;
    this.#grant();
  }

  /** The origin is granted no more: it comes to rest at {@link grantedBytes}. */
  hold(): void {
    this.#held = true;
  }

  /** It is granted again what the reader has taken. */
  release(): void {
    this.#held = false;
    this.#grant();
  }

  goOn(open: (sink: StreamSink) => SwarmStream): void {
    if (this.#over) return;
    this.over();
    this.#ports.goOn(open);
  }

  /** Nothing comes of it any more. */
  over(): void {
    if (this.#over) return;
    this.#over = true;
    this.#onOver();
  }

  #grant(): void {
    const bytes = this.creditBytes + this.#takenBytes - this.#grantedBytes;
    if (this.#held || this.#over || bytes <= 0) return;
    this.#grantedBytes += bytes;
    this.#ports.grant(bytes);
  }
}
