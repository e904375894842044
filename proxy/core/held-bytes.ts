import type { Socket } from "node:net";

// A WebSocket client sends nothing before the 101; one that does is read this far, then made to wait.
const MAX_HELD_BYTES = 65_536;

/** Reads a socket into memory until somebody wants the bytes. Reading at all is what makes its end and its reset known. */
export class HeldBytes {
  readonly #socket: Socket;
  readonly #chunks: Buffer[];
  #heldBytes: number;

  constructor(socket: Socket, head: Buffer) {
    this.#socket = socket;
    this.#chunks = [head];
    this.#heldBytes = head.length;
    socket.on("data", this.#hold);
  }

  /** The bytes so far; the socket is paused then and its next reader gets the rest. */
  release(): Buffer {
    this.#socket.off("data", this.#hold);
    this.#socket.pause();
    return Buffer.concat(this.#chunks.splice(0));
  }

  readonly #hold = (chunk: Buffer): void => {
    this.#chunks.push(chunk);
    this.#heldBytes += chunk.length;
    if (this.#heldBytes >= MAX_HELD_BYTES) this.#socket.pause();
  };
}
