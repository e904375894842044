import type { ClientSignal } from "../../protocol/client-signal.ts";
import type { SessionId } from "../../protocol/ids.ts";
import type { ServerSignal } from "../../protocol/signal.ts";

/** What a client says about its session once it has said hello. */
export type SessionSignal = Exclude<ClientSignal, { type: "hello" | "ping" }>;
/** Sends one message to a client; one that cannot be delivered is lost. */
export type SendSignal = (message: ServerSignal) => void;

/** Where conversations end up: the owner of the sessions and their links. A session outlives its conversations. */
export interface SignalSessions {
  /**
   * The session's client is reached by `send` from now on, and no longer by an earlier one. `address`: the public one it calls from,
   * where that can be told. Answers its number for other viewers.
   */
  join(session: SessionId, send: SendSignal, address?: string): number;
  signal(session: SessionId, message: SessionSignal): void;
  /** `send` reaches nobody any more; links stay. */
  leave(session: SessionId, send: SendSignal): void;
}
