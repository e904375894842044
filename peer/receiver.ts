import { ORIGIN_PEER } from "../protocol/ids.ts";
import type { PeerLink, PeerLinkOptions } from "./link-ports.ts";
import { createPeerLink } from "./peer-link.ts";

/** The client's side of a link that carries streams only. */
export type Receiver = Pick<PeerLink, "open" | "consumed" | "cancel" | "onMessage" | "onClose" | "counters">;

export function createReceiver(options: Pick<PeerLinkOptions, "channel" | "clock" | "onFault" | "onSilent">): Receiver {
  return createPeerLink({ ...options, peer: ORIGIN_PEER, streams: "in" });
}
