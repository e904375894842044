import type { SessionId } from "../protocol/ids.ts";

// What the leader page and its Tuber worker say to each other. `link` says which link it is about: the origin's, or that to the
// viewer of this peer number; `attempt` which RTCPeerConnection of that link.

export const ORIGIN_LINK = 0;

/** Page → Tuber worker. `sw-port` and `channel` bring a MessagePort or RTCDataChannel along. */
export type ToLinkWorker =
  /**
   * `key`: the origin's public key (see config.ts); `upload`: what the visitor and the device allow at the moment; `visitor`: see
   * visitor-id.ts; `byEvents`: see signalling-way.ts.
   */
  | {
      readonly type: "start";
      readonly base: string;
      readonly key: string;
      readonly upload: boolean;
      readonly uploadRatio: number;
      readonly visitor: string | undefined;
      readonly byEvents: boolean;
    }
  | { readonly type: "means"; readonly upload: boolean }
  | { readonly type: "sw-port"; readonly port: MessagePort }
  | { readonly type: "offer" | "answer"; readonly link: number; readonly attempt: number; readonly sdp: string }
  | {
      readonly type: "candidate";
      readonly link: number;
      readonly attempt: number;
      readonly candidate: string;
      readonly mid: string;
    }
  | { readonly type: "channel"; readonly link: number; readonly attempt: number; readonly channel: RTCDataChannel }
  /** Where a channel cannot be transferred it stays in the page, and a port stands for it. */
  | { readonly type: "channel-port"; readonly link: number; readonly attempt: number; readonly port: MessagePort }
  | { readonly type: "failed"; readonly link: number; readonly attempt: number; readonly why: string }
  | { readonly type: "stop" };

/** What the page did or found for an attempt, or that it gave it up. */
export type FromPage = Extract<ToLinkWorker, { type: "offer" | "answer" | "candidate" | "failed" }>;

/** Tuber worker → page. */
export type FromLinkWorker =
  /** Signalling got through, by events and POSTs or by a WebSocket. */
  | { readonly type: "signalling"; readonly byEvents: boolean }
  /** Make an offer. */
  | { readonly type: "connect"; readonly link: number; readonly attempt: number }
  /** Answer this offer. */
  | { readonly type: "accept"; readonly link: number; readonly attempt: number; readonly sdp: string }
  | { readonly type: "answer"; readonly link: number; readonly attempt: number; readonly sdp: string }
  | {
      readonly type: "candidate";
      readonly link: number;
      readonly attempt: number;
      readonly candidate: string;
      readonly mid: string;
    }
  | { readonly type: "disconnect"; readonly link: number; readonly attempt: number }
  /** How many links are open, how much went up over them, what stands in the way of more (empty: nothing), and what peers did wrong. */
  | {
      readonly type: "links";
      readonly links: number;
      readonly uploadedBytes: number;
      readonly why: string;
      readonly faults: Readonly<Record<string, number>>;
      readonly session: SessionId;
    };
