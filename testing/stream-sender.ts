import type { LinkFault, PeerLink, PeerLinkOptions } from "../peer/link-ports.ts";
import { createPeerLink } from "../peer/peer-link.ts";

export type SenderFault = LinkFault;

/** The origin's side of a link that carries streams only. */
export type Sender = Pick<PeerLink, "push" | "onMessage" | "close" | "stats">;

export function createSender(options: Pick<PeerLinkOptions, "channel" | "clock" | "onSent" | "onFault">): Sender {
  return createPeerLink({ ...options, peer: 0, streams: "out" });
}
