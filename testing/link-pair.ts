import type { Channel, ChannelEvents } from "../peer/channel.ts";
import type { Clock } from "../peer/clock.ts";
import type { LinkFault, PeerLink, PeerLinkOptions } from "../peer/link-ports.ts";
import { createPeerLink } from "../peer/peer-link.ts";
import { createMemoryChannelPair } from "./sim-channel.ts";

/** What one end of a pair is made of beside channel and clock. */
export type LinkEnd = Partial<Omit<PeerLinkOptions, "channel" | "clock">>;

export interface LinkPair {
  readonly left: PeerLink;
  readonly right: PeerLink;
  readonly channels: { readonly left: Channel; readonly right: Channel };
  /** In order, `left …` or `right …`. */
  readonly faults: string[];
}

/** Joins the two channels of a connection: given the far ends' events, answers with the near ends. */
export type Connect = (left: ChannelEvents, right: ChannelEvents) => { left: Channel; right: Channel };

/** Two links that are each other's ends; between viewers 1 and 2, 10 ms apart, unless told otherwise. */
export function linkPair(clock: Clock, left: LinkEnd, right: LinkEnd, connect?: Connect): LinkPair {
  const faults: string[] = [];
  const ends: { left?: PeerLink; right?: PeerLink } = {};
  const events = (side: "left" | "right"): ChannelEvents => ({
    onMessage: (bytes) => ends[side]?.onMessage(bytes),
    onClose: () => ends[side]?.onClose(),
  });
  const join = connect ?? ((l, r) => createMemoryChannelPair(clock, l, r, 10));
  const channels = join(events("left"), events("right"));
  const link = (side: "left" | "right", peer: number, end: LinkEnd): PeerLink =>
    createPeerLink({
      peer,
      streams: "none",
      onFault: (fault: LinkFault) => faults.push(`${side} ${fault}`),
      ...end,
      channel: channels[side],
      clock,
    });
  ends.left = link("left", 2, left);
  ends.right = link("right", 1, right);
  return { left: ends.left, right: ends.right, channels, faults };
}
