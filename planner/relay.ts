import type { PeerMessage } from "../protocol/peer-message.ts";
import type { Pairs } from "./pairs.ts";
import { withoutPrivateCandidates } from "./private-candidates.ts";

/** Why a message of one viewer to another was not passed on. `relay-side`: an offer from the higher number, an answer from the lower. */
export type RelayFault = "relay-unpaired" | "relay-side" | "relay-flood";

/** As the relay sees a viewer. */
export interface RelayEnd {
  readonly peer: number;
  readonly network: string;
}

/** Links that failed so often are not tried again by these two. */
const FAILED_ATTEMPTS = 2;

export interface RelayPorts {
  readonly pairs: Pairs;
  readonly onFault: (fault: RelayFault) => void;
  /** These two cannot have a link. */
  readonly onUnlinkable: (peer: number, other: number) => void;
}

/** Passes messages on between viewers that were assigned to each other. */
export class Relay {
  readonly #ports: RelayPorts;

  constructor(ports: RelayPorts) {
    this.#ports = ports;
  }

  /** The message as `to` may have it; undefined: it is not passed on. */
  pass(from: RelayEnd, to: RelayEnd, message: PeerMessage, nowMs: number): PeerMessage | undefined {
    const fault = this.#refusal(from.peer, to.peer, message, nowMs);
    if (fault !== undefined) {
      this.#ports.onFault(fault);
      return undefined;
    }
    if (message.kind === "failed") this.#onFailed(from.peer, to.peer);
    return from.network === to.network ? message : withoutPrivateCandidates(message);
  }

  #refusal(from: number, to: number, { kind }: PeerMessage, nowMs: number): RelayFault | undefined {
    const pair = this.#ports.pairs.of(from, to);
    if (pair === undefined) return "relay-unpaired";
    if ((kind === "offer" && from > to) || (kind === "answer" && from < to)) return "relay-side";
    return pair.messages.take(nowMs) ? undefined : "relay-flood";
  }

  #onFailed(from: number, to: number): void {
    const pair = this.#ports.pairs.of(from, to);
    if (pair === undefined) return;
    pair.failures += 1;
    if (pair.failures === FAILED_ATTEMPTS) this.#ports.onUnlinkable(from, to);
  }
}
