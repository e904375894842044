import type { Rule } from "../exchange.ts";
import type { AppTarget } from "./app-target.ts";
import type { ClientConnections } from "./client-connections.ts";
import type { TrustedPeers } from "./trusted-peers.ts";

/** What can go wrong in the proxy core; each is counted by `onFault` and never reaches a viewer as a crash. */
export type ProxyFault =
  | "app-broken"
  | "app-malformed"
  | "app-timeout"
  | "app-unreachable"
  | "client-malformed"
  | "client-stalled"
  | "client-timeout"
  | "internal"
  | "loop"
  | "request-refused"
  | `rule-${string}`;

/** Milliseconds. */
export interface ProxyTimeouts {
  /** A client's request head must be whole within this. */
  readonly headMs: number;
  /** The app may stay silent this long before its answer begins; a body may pause as long as it likes. */
  readonly upstreamIdleMs: number;
  /** A connection to the app must stand (TLS included) within this. */
  readonly connectMs: number;
  /** A client may leave what waits for it untouched this long. */
  readonly clientStallMs: number;
}

/** Where the core speaks to the operator; fields never hold addresses, cookies or query values. */
export interface ProxyLog {
  warn(message: string, fields?: Record<string, unknown>): void;
  debug(message: string, fields?: Record<string, unknown>): void;
}

/** What every pass needs to know, in one object. */
export interface ProxyCore {
  readonly app: AppTarget;
  readonly rules: readonly Rule[];
  readonly trusted: TrustedPeers;
  readonly timeouts: ProxyTimeouts;
  readonly connections: ClientConnections;
  readonly log: ProxyLog;
  onFault(kind: ProxyFault): void;
  /** True once the server stops: every answer then closes its connection. */
  isDraining(): boolean;
}
