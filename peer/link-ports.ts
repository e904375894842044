import type { Body } from "./body.ts";
import type { Channel } from "./channel.ts";
import type { Clock } from "./clock.ts";
import type { StreamSink } from "./incoming.ts";
import type { SwarmInbox } from "./swarm/swarm-inbox.ts";
import type { SwarmLink } from "./swarm/swarm-link.ts";
import type { UploadBudget } from "./upload-budget.ts";

/**
 * What the peer at the other end did wrong; each is dropped. `malformed`: no frame. `unexpected`: a frame this side does not take, or
 * the end of a stream nobody opened. `unasked`: data or pieces nobody asked for. `gap`: bytes not where their stream or piece stands.
 * `impossible-ack`: claims bytes never sent. `duplicate-stream`: a stream number used twice. `oversize`, `flood`: a message or too
 * much of all that; the channel was closed.
 */
export type LinkFault =
  | "malformed"
  | "unexpected"
  | "unasked"
  | "gap"
  | "impossible-ack"
  | "duplicate-stream"
  | "oversize"
  | "flood";

export interface PeerLinkOptions {
  readonly channel: Channel;
  readonly clock: Clock;
  /** Who is at the other end: a viewer's number, or 0 for the origin. */
  readonly peer: number;
  /** Which way streams go: the origin sends them, a viewer takes them from it, between viewers there are none. */
  readonly streams: "out" | "in" | "none";
  /** Where swarm frames go; absent: this side takes none. */
  readonly inbox?: SwarmInbox;
  readonly budget?: UploadBudget;
  /** Longest message taken, in bytes; default: the longest there is. */
  readonly maxMessageBytes?: number;
  /** Called for each DATA or PIECE frame handed to the channel. */
  readonly onSent?: (payloadBytes: number) => void;
  readonly onFault?: (fault: LinkFault) => void;
  /** Something was due and nothing came for 3 s: the channel is being closed. */
  readonly onSilent?: () => void;
}

/** A link as its sender sees it now. */
export interface LinkStats {
  /** Streams being sent. */
  readonly streams: number;
  /** Bytes of counted frames, headers included. */
  readonly sentBytes: number;
  readonly ackedBytes: number;
  readonly windowBytes: number;
  /** Newest round trip, queueing included; 0 before the first ACK. */
  readonly rttMs: number;
  /** Payload of pieces not yet sent. */
  readonly queuedBytes: number;
}

/** One link, both ways: streams and pieces under one window, everything else at once. The channel stays its owner's. */
export interface PeerLink {
  readonly peer: number;
  /**
   * Sends `body` as `stream`, its first byte at offset `start`; `end` is where it must stop, null if nobody knows; `creditBytes`
   * of it may go before the client grants more. The link owns the body from here and cancels it whenever it stops early.
   * False if the stream was refused (too many open, number in use, link closed, or the client has cancelled it already).
   */
  push(stream: number, body: Body, start: number, end: number | null, creditBytes: number): boolean;
  /**
   * Expects `stream` from offset `start` (null: wherever its first frame says), at most `creditBytes` of it unconsumed at any time; the
   * note request must name the same credit. Call it before the request goes out. On a closed link the sink fails at once.
   */
  open(stream: number, start: number | null, sink: StreamSink, creditBytes: number): void;
  /** The reader took bytes of the stream; grants more when half the credit is used up. */
  consumed(stream: number, bytes: number): void;
  /** Bytes of the stream that may still come without a further grant; 0 for one that is over. */
  creditOf(stream: number): number;
  /** No more of this stream; its sink hears nothing further. */
  cancel(stream: number): void;
  /** The link as this swarm's member uses it: the same one each time, until that is closed. */
  swarm(swarm: number): SwarmLink;
  /** Whether the peer is to send by itself (it is a parent), so that its silence is noticed. */
  watch(on: boolean): void;
  /** Newest round trip of a counted frame or a ping; undefined before the first. */
  rttMs(): number | undefined;
  /** A message of the channel; garbage is dropped and reported to `onFault`. */
  onMessage(bytes: Uint8Array): void;
  /** The channel is closed: whatever was open ends. */
  onClose(): void;
  /** As {@link onClose}, but first the peer is told that its streams end. Safe to call twice. */
  close(): void;
  /** Ends link and channel at once. */
  hangUp(): void;
  stats(): LinkStats;
}
