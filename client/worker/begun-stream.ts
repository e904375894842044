import type { StreamSink, SwarmStream } from "./swarm/swarm-stream.ts";

export interface BegunStreamPorts {
  /** The reader took so much: the origin may send on. */
  consumed(bytes: number): void;
  /** Bytes that the origin may still send without hearing of more that were taken. */
  creditBytes(): number;
  /** The origin's stream is over; what follows comes from what this opens. */
  goOn(open: (sink: StreamSink) => SwarmStream): void;
}

/** A body that a note began and the origin's link brings, until a swarm goes on with it at the same byte. */
export class BegunStream {
  readonly creditBytes: number;
  readonly #ports: BegunStreamPorts;
  /** Bytes that came, those the reader took of them, and those the origin has not heard of. */
  #cameBytes = 0;
  #takenBytes = 0;
  #untoldBytes = 0;
  #held = false;
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

  /** Bytes that still come while it is held. */
  get comingBytes(): number {
    return this.#ports.creditBytes();
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
    this.#untoldBytes += bytes;
    this.#tell();
  }

  /** The origin hears no more of what is taken: it comes to rest {@link comingBytes} further on. */
  hold(): void {
    this.#held = true;
  }

  release(): void {
    this.#held = false;
    this.#tell();
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

  #tell(): void {
    if (this.#held || this.#over || this.#untoldBytes === 0) return;
    this.#ports.consumed(this.#untoldBytes);
    this.#untoldBytes = 0;
  }
}
