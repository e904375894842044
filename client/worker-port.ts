import type { SessionId } from "../protocol/ids.ts";

// What the leader page and its Tuber worker say to each other.

/** Page → Tuber worker. `sw-port` and `channel` bring a MessagePort or RTCDataChannel along. */
export type ToLinkWorker =
  | { readonly type: "start"; readonly base: string }
  | { readonly type: "sw-port"; readonly port: MessagePort }
  | { readonly type: "offer"; readonly attempt: number; readonly sdp: string }
  | { readonly type: "candidate"; readonly attempt: number; readonly candidate: string; readonly mid: string }
  | { readonly type: "channel"; readonly attempt: number; readonly channel: RTCDataChannel }
  /** Where a channel cannot be transferred it stays in the page, and a port stands for it. */
  | { readonly type: "channel-port"; readonly attempt: number; readonly port: MessagePort }
  | { readonly type: "failed"; readonly attempt: number; readonly why: string }
  | { readonly type: "stop" };

/** Tuber worker → page. */
export type FromLinkWorker =
  | { readonly type: "connect"; readonly attempt: number }
  | { readonly type: "answer"; readonly attempt: number; readonly sdp: string }
  | { readonly type: "candidate"; readonly attempt: number; readonly candidate: string; readonly mid: string }
  | { readonly type: "disconnect"; readonly attempt: number }
  | { readonly type: "link"; readonly open: boolean; readonly why: string; readonly session: SessionId };
