import { keyText } from "../client/worker/swarm/catalogue.ts";
import type { StreamSink } from "../client/worker/swarm/swarm-stream.ts";
import type { Clock } from "../peer/clock.ts";
import { STREAM_CREDIT_BYTES } from "../protocol/limits.ts";
import type { Manifest } from "../protocol/manifest.ts";
import type { SimPeer } from "./swarm-sim-peer.ts";
import type { SimStream } from "./swarm-sim-stream.ts";
import type { Parcel } from "./swarm-sim-uplink.ts";

/** How long a manifest that may be on its way is waited for: as the finder of `client/worker/swarm/finder.ts` does. */
const WAIT_MS = 300;
const PART_BYTES = 65_536;

export interface SimReaderOptions {
  readonly clock: Clock;
  readonly peer: SimPeer;
  readonly origin: SimPeer;
  readonly stream: SimStream;
  /** One way between them. */
  readonly tripMs: number;
  /** When its link to the origin is open: from then on answers of the app come as notes. */
  readonly linkedMs: number;
  /** The first note is here, and with it the ticket. */
  readonly onNote: () => void;
}

/**
 * How a viewer comes by a segment: what the shipped contents of its swarm know in time is had of the swarm, the rest as the app's
 * own answer, which leaves by the origin's uplink whole.
 */
export class SimReader {
  readonly #options: SimReaderOptions;
  #noted = false;
  #cancel: () => void = () => {};

  constructor(options: SimReaderOptions) {
    this.#options = options;
  }

  /** Reads a segment that the playlist lists; `whole` is called once, unless another is read instead. */
  read(segment: number, whole: () => void): void {
    const { clock, peer, stream } = this.#options;
    const { content } = peer;
    this.stop();
    const path = stream.path(segment);
    const key = keyText(stream.urlKey(segment));
    const look = (): boolean => {
      const manifest = this.#noted ? content.find(key) : undefined;
      if (manifest !== undefined) this.#fromSwarm(segment, manifest, whole);
      return manifest !== undefined;
    };
    if (look()) return;
    if (!this.#noted || !content.expectsPath(path)) return this.#fromApp(segment, 0, whole);
    const stopWaiting = (): void => {
      cancelTimer();
      peer.onAnnounced = () => {};
    };
    const cancelTimer = clock.after(WAIT_MS, () => {
      stopWaiting();
      this.#fromApp(segment, 0, whole);
    });
    peer.onAnnounced = () => {
      if (look()) stopWaiting();
    };
    this.#cancel = stopWaiting;
  }

  /** Nobody wants any more what is being read. */
  stop(): void {
    this.#cancel();
    this.#cancel = () => {};
  }

  #fromSwarm(segment: number, manifest: Manifest, whole: () => void): void {
    const { peer, stream } = this.#options;
    let cameBytes = 0;
    peer.content.asked(stream.path(segment));
    const reading = { start: 0, end: manifest.lengthBytes, creditBytes: STREAM_CREDIT_BYTES, unreadBytes: 0 };
    const sink: StreamSink = {
      data: (bytes) => {
        cameBytes += bytes.length;
      },
      end: () => whole(),
      fail: () => {
        if (peer.alive) this.#fromApp(segment, cameBytes, whole);
      },
    };
    const read = peer.content.open(manifest, { ...reading, isBegun: false }, sink);
    this.#cancel = () => read.cancel();
    read.pump();
  }

  #fromApp(segment: number, fromBytes: number, whole: () => void): void {
    const { clock, peer, origin, stream, tripMs } = this.#options;
    let wanted = true;
    const parcels: Parcel[] = [];
    this.#cancel = () => {
      wanted = false;
      for (const parcel of parcels) if (parcel.state === "waiting") origin.uplink.drop(parcel);
    };
    this.#noteLater(segment);
    clock.after(tripMs, () => {
      if (!wanted || !peer.alive) return;
      for (let at = fromBytes; at < stream.segmentBytes; at += PART_BYTES) {
        const bytes = Math.min(PART_BYTES, stream.segmentBytes - at);
        const isLast = at + bytes === stream.segmentBytes;
        const sent = (): void => {
          if (isLast) clock.after(tripMs, () => wanted && peer.alive && whole());
        };
        parcels.push({ bytes, urgent: false, sent, state: "waiting" });
      }
      for (const parcel of parcels) origin.uplink.send(parcel);
    });
  }

  /** An answer that came before the link is asked for again by a note as soon as there is one. */
  #noteLater(segment: number): void {
    const { clock, peer, stream, tripMs, linkedMs, onNote } = this.#options;
    const waitMs = Math.max(0, linkedMs - clock.nowMs());
    clock.after(waitMs + 2 * tripMs, () => {
      if (!peer.alive) return;
      peer.content.asked(stream.path(segment));
      if (this.#noted) return;
      this.#noted = true;
      onNote();
    });
  }
}
