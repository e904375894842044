import type { StreamSink, SwarmStream } from "./swarm/swarm-stream.ts";

export interface BegunStreamPorts {
  /** The origin's stream is over; what follows comes from what this opens. */
  goOn(open: (sink: StreamSink) => SwarmStream): void;
}

/** A body that a note began and the origin's link brings, until a swarm goes on with it at the same byte. */
export class BegunStream {
  readonly creditBytes: number;
  readonly #ports: BegunStreamPorts;
  /** Bytes that came, and those the reader took of them. */
  #cameBytes = 0;
  #takenBytes = 0;
  #over = false;
  #onCame: () => void = () => {};
  #onOver: () => void = () => {};

  constructor(creditBytes: number, ports: BegunStreamPorts) {
    this.creditBytes = creditBytes;
    this.#ports = ports;
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

  taken(bytes: number): void {
    this.#takenBytes = Math.min(this.#cameBytes, this.#takenBytes + bytes);
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
}
