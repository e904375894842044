import type { PeerLink } from "../peer/link-ports.ts";
import { createPeerLink } from "../peer/peer-link.ts";
import { decodeFrame } from "../protocol/frame.ts";
import { decodeSwarmFrame, type SwarmFrame } from "../protocol/swarm-frame.ts";
import { TestClock } from "./clock.ts";
import type { LinkEnd } from "./link-pair.ts";

export interface LoneLink {
  readonly clock: TestClock;
  readonly link: PeerLink;
  readonly swarmFrames: SwarmFrame[];
  /** Types of all frames sent, pieces with their number. */
  readonly order: string[];
  readonly state: { closed: boolean };
}

/** A link whose frames are collected and never answered; to viewer 2 unless told otherwise. */
export function loneLink(end: LinkEnd = {}): LoneLink {
  const clock = new TestClock();
  const swarmFrames: SwarmFrame[] = [];
  const order: string[] = [];
  const state = { closed: false };
  const send = (bytes: Uint8Array): boolean => {
    const frame = decodeSwarmFrame(bytes);
    if (frame !== undefined) swarmFrames.push(frame);
    order.push(frame?.type === "piece" ? `piece ${frame.piece}` : ((frame ?? decodeFrame(bytes))?.type ?? "?"));
    return true;
  };
  const close = (): void => {
    state.closed = true;
  };
  const channel = { send, close, bufferedBytes: () => 0 };
  return {
    clock,
    swarmFrames,
    order,
    state,
    link: createPeerLink({ peer: 2, streams: "none", ...end, clock, channel }),
  };
}
