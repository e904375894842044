import type { TrustedPeers } from "../core/trusted-peers.ts";
import type { ConversationPorts } from "./conversation.ts";

/** What every way to signal is given. */
export interface TransportPorts extends Pick<ConversationPorts, "sessions" | "clock" | "onFault"> {
  /** Proxies in front of us whose word about callers counts. */
  readonly trusted: TrustedPeers;
}
