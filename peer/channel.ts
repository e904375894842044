/** One open DataChannel (ordered, reliable), the same for browser, node-datachannel and werift. */
export interface Channel {
  /** Sends one message; false if the channel is closed or refuses (never throws). */
  send(bytes: Uint8Array<ArrayBuffer>): boolean;
  /** Bytes accepted by `send` and not yet handed to the network. */
  bufferedBytes(): number;
  /** Closes channel and connection; safe to call twice. */
  close(): void;
}

/** What a channel tells its owner. Given at creation so that no early message is lost. */
export interface ChannelEvents {
  onMessage(bytes: Uint8Array): void;
  /** Once, whoever closed it. */
  onClose(): void;
}
