import type { PeerLink, PeerLinkOptions } from "../peer/link-ports.ts";
import { createPeerLink } from "../peer/peer-link.ts";
import { ORIGIN_PEER } from "../protocol/ids.ts";

/** The client's side of a link that carries streams only. */
export type Receiver = Pick<PeerLink, "open" | "consumed" | "cancel" | "onMessage" | "onClose">;

export function createReceiver(options: Pick<PeerLinkOptions, "channel" | "clock" | "onFault" | "onSilent">): Receiver {
  return createPeerLink({ ...options, peer: ORIGIN_PEER, streams: "in" });
}
