import type { ClientSignal } from "../../protocol/client-signal.ts";
import type { ServerSignal } from "../../protocol/signal.ts";

/** One way of signalling, connected or on its way. */
export interface Transport {
  send(signal: ClientSignal): void;
  close(): void;
}

export interface TransportEvents {
  /** Messages can be sent. */
  onOpen(): void;
  onSignal(signal: ServerSignal): void;
  /** Once: it is over, or never came to be. */
  onClose(): void;
}

export type OpenTransport = (base: string, events: TransportEvents) => Transport;
