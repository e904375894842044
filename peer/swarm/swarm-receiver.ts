import { decodeSwarmFrame, PIECE_HEADER_BYTES, type SwarmFrame } from "../../protocol/swarm-frame.ts";
import type { Clock } from "../clock.ts";
import { TokenBucket } from "../token-bucket.ts";
import { PieceAssembler, type PieceFrame } from "./piece-assembler.ts";
import type { SwarmInbox } from "./swarm-inbox.ts";

/** `unasked`: a piece nobody asked for. `gap`: a part of a piece not where it stands. `flood`: more than anybody honest says. */
export type SwarmFault = "malformed" | "unasked" | "gap" | "flood";

export interface SwarmReceiverPorts {
  readonly clock: Clock;
  readonly inbox: SwarmInbox;
  /** A PIECE frame of so many bytes was received. */
  readonly acknowledge: (frameBytes: number) => void;
  readonly refuse: (fault: SwarmFault, bytes: number) => void;
  /** The link is to be ended. */
  readonly onFlood: () => void;
}

/** All but pieces, messages a second: a HAVE for each piece of several fast streams are a few hundred. */
const CONTROL_RATE_PER_S = 1_000;
const CONTROL_BURST = 4_000;
/** Held while a ticket or a manifest is being verified: what comes in some hundred ms on a fast line. Not yet acknowledged. */
const MAX_HELD_BYTES = 4_194_304;

/** Takes the swarm frames of one link: in order, each decoded and handed on, pieces put together. */
export class SwarmReceiver {
  readonly #ports: SwarmReceiverPorts;
  readonly #pieces: PieceAssembler;
  readonly #control: TokenBucket;
  #held: Uint8Array[] = [];
  #heldBytes = 0;
  #waiting = false;
  #closed = false;

  constructor(ports: SwarmReceiverPorts) {
    this.#ports = ports;
    this.#pieces = new PieceAssembler(ports.inbox);
    this.#control = new TokenBucket(CONTROL_RATE_PER_S, CONTROL_BURST, ports.clock.nowMs());
  }

  onMessage(bytes: Uint8Array): void {
    if (this.#closed) return;
    if (this.#waiting) this.#hold(bytes);
    else this.#take(bytes);
  }

  /** Nothing is handed on after this. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#held = [];
    this.#pieces.clear();
    this.#ports.inbox.onClosed();
  }

  #hold(bytes: Uint8Array): void {
    this.#held.push(bytes);
    this.#heldBytes += bytes.length;
    if (this.#heldBytes > MAX_HELD_BYTES) this.#ports.onFlood();
  }

  #take(bytes: Uint8Array): void {
    const frame = decodeSwarmFrame(bytes);
    if (frame === undefined) this.#ports.refuse("malformed", bytes.length);
    else if (frame.type === "piece") this.#onPiece(frame);
    else if (this.#control.take(this.#ports.clock.nowMs())) this.#onControl(frame);
    else this.#ports.onFlood();
  }

  #onPiece(frame: PieceFrame): void {
    this.#ports.acknowledge(PIECE_HEADER_BYTES + frame.payload.length);
    if (this.#closed) return;
    const outcome = this.#pieces.take(frame);
    if (outcome === "unasked" || outcome === "gap") this.#ports.refuse(outcome, frame.payload.length);
  }

  #onControl(frame: Exclude<SwarmFrame, PieceFrame>): void {
    const inbox = this.#ports.inbox;
    switch (frame.type) {
      case "ticket":
        this.#waitFor(inbox.onTicket(frame.ticket));
        break;
      case "manifest":
        this.#waitFor(inbox.onManifest(frame.manifest));
        break;
      case "have":
        inbox.onHave(frame.swarm, frame.base, frame.bitmap);
        break;
      case "want":
        inbox.onWant(frame.swarm, frame.pieces);
        break;
      case "skip":
        inbox.onSkip(frame.swarm, frame.pieces);
        break;
      case "later":
        inbox.onLater(frame.swarm, frame.piece, frame.delayMs);
    }
  }

  #waitFor(done: Promise<void>): void {
    this.#waiting = true;
    const goOn = (): void => this.#goOn();
    done.then(goOn, goOn);
  }

  #goOn(): void {
    this.#waiting = false;
    while (!this.#waiting && !this.#closed) {
      const bytes = this.#held.shift();
      if (bytes === undefined) return;
      this.#heldBytes -= bytes.length;
      this.#take(bytes);
    }
  }
}
