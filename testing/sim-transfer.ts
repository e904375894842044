import type { Body } from "../peer/body.ts";
import type { Clock } from "../peer/clock.ts";
import { EndlessBody } from "./sim-body.ts";
import { SimSctp, type SimSctpOptions } from "./sim-sctp.ts";
import { createReceiver, type Receiver } from "./stream-receiver.ts";
import { createSender, type Sender } from "./stream-sender.ts";

/** A sender and a receiver joined by a simulated connection, with one stream running as fast as it may. */
export class SimTransfer {
  readonly sender: Sender;
  readonly receiver: Receiver;
  #deliveredBytes = 0;

  /** `senderClock`: the sender's own idea of time, where it differs. */
  constructor(options: Omit<SimSctpOptions, "origin" | "client">, senderClock: Clock = options.clock) {
    const sctp = new SimSctp({
      ...options,
      origin: { onMessage: (bytes) => this.sender.onMessage(bytes), onClose: () => this.sender.close() },
      client: { onMessage: (bytes) => this.receiver.onMessage(bytes), onClose: () => this.receiver.onClose() },
    });
    this.sender = createSender({ channel: sctp.origin, clock: senderClock });
    this.receiver = createReceiver({ channel: sctp.client, clock: options.clock });
  }

  start(body: Body = new EndlessBody()): void {
    const creditBytes = 64 * 1_048_576;
    this.receiver.open(1, 0, this.#sink(), creditBytes);
    this.sender.push(1, body, 0, null, creditBytes);
  }

  /** Bytes delivered since the last call. */
  takeBytes(): number {
    const bytes = this.#deliveredBytes;
    this.#deliveredBytes = 0;
    return bytes;
  }

  #sink() {
    return {
      data: (bytes: Uint8Array) => {
        this.#deliveredBytes += bytes.length;
        this.receiver.consumed(1, bytes.length);
      },
      end: () => {},
      fail: (reason: string) => {
        throw new Error(`the simulated stream failed: ${reason}`);
      },
    };
  }
}
