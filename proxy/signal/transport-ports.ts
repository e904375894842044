import type { ConversationPorts } from "./conversation.ts";

/** What every way to signal is given. */
export type TransportPorts = Pick<ConversationPorts, "sessions" | "clock" | "onFault">;

/** Who calls. */
export type Caller = Pick<ConversationPorts, "address" | "network">;
