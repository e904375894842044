// The worker of viewer-page.ts: the client's own channel under the product's own link between viewers.
import { clock } from "../client/clock.ts";
import { dataChannel } from "../client/worker/channels.ts";
import type { ToLinkWorker } from "../client/worker-port.ts";
import type { PeerLink } from "../peer/link-ports.ts";
import { createPeerLink } from "../peer/peer-link.ts";
import { RecordingInbox } from "./swarm-inbox.ts";

/** What the page asks, with a port for the answer: the moment it was begun or done, in milliseconds of the machine's clock. */
export interface ToViewerWorker {
  readonly type: "send" | "take";
  readonly load: Load;
}

/** So many pieces of so many bytes. */
export interface Load {
  readonly pieces: number;
  readonly pieceBytes: number;
}

/** Counts pieces as they come, and forgets them. */
class CountingInbox extends RecordingInbox {
  #awaited = 0;
  #done: (ms: number) => void = () => {};

  take({ pieces, pieceBytes }: Load): Promise<number> {
    this.#awaited = pieces;
    this.expected = () => pieceBytes;
    return new Promise((resolve) => {
      this.#done = resolve;
    });
  }

  override onPiece(): void {
    this.#awaited -= 1;
    if (this.#awaited === 0) this.#done(machineMs());
  }
}

const inbox = new CountingInbox();
let tellLink: (link: PeerLink) => void;
const opened = new Promise<PeerLink>((resolve) => {
  tellLink = resolve;
});

self.onmessage = async ({ data, ports: [answer] }: MessageEvent<ToLinkWorker | ToViewerWorker>) => {
  if (data.type === "channel") begin(data.channel);
  else if (data.type === "send") answer?.postMessage(send(await opened, data.load));
  else if (data.type === "take") answer?.postMessage(await inbox.take(data.load));
};

function begin(rtc: RTCDataChannel): void {
  let link: PeerLink | undefined;
  const events = {
    onMessage: (bytes: Uint8Array) => link?.onMessage(bytes),
    onClose: () => link?.onClose(),
  };
  const channel = dataChannel(rtc, events, () => {
    if (link !== undefined) return;
    link = createPeerLink({ peer: 1, streams: "none", inbox, clock, channel });
    tellLink(link);
  });
}

function send(link: PeerLink, { pieces, pieceBytes }: Load): number {
  const swarm = link.swarm(1);
  for (let piece = 0; piece < pieces; piece += 1) swarm.sendPiece(piece, new Uint8Array(pieceBytes), true);
  return machineMs();
}

function machineMs(): number {
  return performance.timeOrigin + performance.now();
}
