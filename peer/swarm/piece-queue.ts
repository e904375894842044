import { encodeSwarmFrame, PIECE_HEADER_BYTES } from "../../protocol/swarm-frame.ts";
import type { Transmitter, Turn } from "../transmitter.ts";
import type { UploadBudget } from "../upload-budget.ts";

export interface PieceQueuePorts {
  readonly transmitter: Transmitter;
  readonly budget: UploadBudget | undefined;
  /** Called for each PIECE frame handed to the channel. */
  readonly onSent: (payloadBytes: number) => void;
}

/** The piece on its way. */
interface Current {
  readonly piece: number;
  readonly bytes: Uint8Array;
  urgent: boolean;
  offset: number;
}

/**
 * The pieces of one swarm that wait on one link: first what somebody asked for, then what is pushed, each in order. One piece goes
 * at a time, so its receiver holds one unfinished at most, and it can be passed on the sooner.
 */
export class PieceQueue implements Turn {
  readonly #ports: PieceQueuePorts;
  readonly #swarm: number;
  readonly #asked = new Map<number, Uint8Array>();
  readonly #pushed = new Map<number, Uint8Array>();
  readonly #retry = (): void => this.#ports.transmitter.ready(this);
  #current: Current | undefined;
  #askedBytes = 0;
  #pushedBytes = 0;
  #closed = false;

  constructor(swarm: number, ports: PieceQueuePorts) {
    this.#swarm = swarm;
    this.#ports = ports;
  }

  /** Also while a pushed piece is on its way that an asked one waits behind. */
  get urgent(): boolean {
    return this.#asked.size > 0 || this.#current?.urgent === true;
  }

  /** Payload not yet sent. */
  get bytes(): number {
    return this.#askedBytes + this.#pushedBytes + this.#currentBytes;
  }

  /** Payload that goes before a piece asked for now. */
  get urgentBytes(): number {
    return this.#askedBytes + this.#currentBytes;
  }

  add(piece: number, bytes: Uint8Array, urgent: boolean): void {
    if (this.#closed || this.#asked.has(piece)) return;
    if (this.#current?.piece === piece) this.#current.urgent ||= urgent;
    else if (this.#pushed.has(piece) && !urgent) return;
    else this.#put(piece, bytes, urgent);
    this.#ports.transmitter.ready(this);
  }

  /** Unless its first byte has gone. */
  drop(piece: number): void {
    this.#askedBytes -= this.#asked.get(piece)?.length ?? 0;
    this.#pushedBytes -= this.#pushed.get(piece)?.length ?? 0;
    this.#asked.delete(piece);
    this.#pushed.delete(piece);
  }

  /** Everything is dropped; the rest of a piece that is on its way is not sent. */
  close(): void {
    this.#closed = true;
    this.#asked.clear();
    this.#pushed.clear();
    this.#current = undefined;
    this.#askedBytes = 0;
    this.#pushedBytes = 0;
    this.#ports.transmitter.idle(this);
  }

  step(maxBytes: number): boolean {
    const current = this.#current ?? this.#first();
    if (current === undefined) return false;
    const { piece, bytes, offset } = current;
    const payload = bytes.subarray(offset, offset + maxBytes - PIECE_HEADER_BYTES);
    const budget = this.#ports.budget;
    if (budget !== undefined && !budget.take(PIECE_HEADER_BYTES + payload.length, this.#retry)) return false;
    this.#begin(current);
    current.offset += payload.length;
    if (current.offset === bytes.length) this.#current = undefined;
    const frame = encodeSwarmFrame({ type: "piece", swarm: this.#swarm, piece, offset, payload });
    if (this.#ports.transmitter.sendCounted(frame)) this.#ports.onSent(payload.length);
    return this.bytes > 0;
  }

  get #currentBytes(): number {
    return this.#current === undefined ? 0 : this.#current.bytes.length - this.#current.offset;
  }

  #put(piece: number, bytes: Uint8Array, urgent: boolean): void {
    this.drop(piece);
    if (urgent) this.#askedBytes += bytes.length;
    else this.#pushedBytes += bytes.length;
    (urgent ? this.#asked : this.#pushed).set(piece, bytes);
  }

  #first(): Current | undefined {
    const [asked] = this.#asked;
    const [pushed] = this.#pushed;
    const next = asked ?? pushed;
    return next && { piece: next[0], bytes: next[1], urgent: asked !== undefined, offset: 0 };
  }

  #begin(current: Current): void {
    if (this.#current === current) return;
    this.drop(current.piece);
    this.#current = current;
  }
}
