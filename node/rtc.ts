import type { Channel, ChannelEvents } from "../peer/channel.ts";
import type { Log } from "../peer/log.ts";

/** A WebRTC engine that answers offers: one for the whole program, all its links share one UDP port. */
export interface RtcHost {
  readonly kind: "native" | "werift";
  /** The UDP port of every link. */
  readonly udpPort: number;
  /** Links and half-open attempts that are not closed yet. */
  readonly open: number;
  /**
   * Begins to answer an offer. Never throws: an offer nobody can answer ends in `onClose` without `onAnswer`.
   * No event is called before `accept` has returned.
   */
  accept(offerSdp: string, events: AttemptEvents): Attempt;
  /** Closes every link and lets the process end. */
  close(): Promise<void>;
}

/** What an attempt tells its owner. After `onClose` nothing more comes. */
export interface AttemptEvents {
  /** Once, before any candidate. */
  onAnswer(sdp: string): void;
  /** A candidate of ours for the peer, as browsers write it (`candidate:…`). */
  onCandidate(candidate: string, mid: string): void;
  /** The peer's channel is open (at most one in a link; a second one is refused). */
  onChannel(channel: Channel): ChannelEvents;
  /** Once, whoever closed it and however far it got; after the channel's own `onClose`. */
  onClose(): void;
}

/** One RTCPeerConnection, from offer to end. */
export interface Attempt {
  /** A candidate of the peer's; may come before the answer. What is no UDP candidate with a literal address is ignored. */
  addCandidate(candidate: string, mid: string): void;
  /** What is known of the path now. */
  path(): LinkPath;
  /** Safe to call twice; `onClose` follows later, never from inside this call. */
  close(): void;
}

/** The way a link's packets go. */
export interface LinkPath {
  /** Round trip as the engine measured it, if it has. */
  readonly rttMs: number | undefined;
  /** Kind of the peer's ICE candidate in use: host, srflx or prflx. */
  readonly remoteKind: string | undefined;
}

/** What both engines are started with. */
export interface RtcOptions {
  /** 1 … 65535, or 0 for any free port. */
  readonly udpPort: number;
  /** `stun:host:port`, asked for our address as the world sees it. */
  readonly stunServers: readonly string[];
  /** Address to bind; all of the machine's if absent. */
  readonly bindAddress?: string;
  readonly log: Pick<Log, "debug" | "info" | "warn">;
}

/** The port or engine asked for cannot be had; the message says what to try. */
export class RtcUnavailable extends Error {
  readonly code = "rtc-unavailable";
  override readonly name = "RtcUnavailable";
}
