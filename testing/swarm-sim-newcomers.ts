import type { Clock } from "../peer/clock.ts";
import { ORIGIN_PEER } from "../protocol/ids.ts";
import type { SimNet } from "./swarm-sim-net.ts";
import type { SimPeer } from "./swarm-sim-peer.ts";
import type { SimPlayer } from "./swarm-sim-player.ts";
import type { SimStream } from "./swarm-sim-stream.ts";

/** A newcomer's first segment comes from the origin while its queue is shorter than this. */
const HELP_QUEUE_MS = 150;
/** And while no more than this share of the stream's rate went into such help: above a thousand viewers it would be all there is. */
const HELP_SHARE = 0.25;
/** What may be saved up for a crowd. */
const MOST_SAVED_MS = 20_000;
/** A newcomer that was helped does not ask elsewhere before this. */
const HELPED_MS = 1_500;
/** A newcomer looks this often, from then on, whether anybody it is linked to has its first segment. */
const LOOK_AFTER_MS = 600;
const LOOK_AGAIN_MS = 200;

/** How a viewer comes by its first segment: a note's body while the origin has room, else its neighbours, else what comes next. */
export class SimNewcomers {
  readonly #clock: Clock;
  readonly #net: SimNet;
  readonly #stream: SimStream;
  readonly #bytesPerMs: number;
  #savedBytes = 0;
  #savedMs = 0;

  constructor(options: { clock: Clock; net: SimNet; stream: SimStream; rateBps: number }) {
    this.#clock = options.clock;
    this.#net = options.net;
    this.#stream = options.stream;
    this.#bytesPerMs = (options.rateBps / 8_000) * HELP_SHARE;
  }

  help(peer: SimPeer, player: SimPlayer): void {
    const origin = this.#net.peers.get(ORIGIN_PEER);
    if (origin === undefined) return;
    const tripMs = this.#net.delayMs(peer, origin);
    this.#clock.after(tripMs, () => this.#send(origin, peer, player, tripMs));
    this.#clock.after(LOOK_AFTER_MS, () => this.#look(peer, player));
  }

  #send(origin: SimPeer, peer: SimPeer, player: SimPlayer, tripMs: number): void {
    const segment = player.firstSegment;
    const published = segment === undefined ? undefined : this.#stream.published(segment);
    if (published === undefined || origin.uplink.queueMs(false) > HELP_QUEUE_MS || !this.#spend()) return;
    player.expectHelp(HELPED_MS);
    const { manifest, signed } = published;
    for (let at = 0; at < this.#stream.piecesPerSegment; at += 1) {
      const piece = manifest.firstPiece + at;
      const bytes = this.#stream.bytes(piece);
      const sent = (): void => {
        this.#clock.after(tripMs, () => {
          if (!peer.alive) return;
          peer.onManifest(manifest, signed, undefined);
          peer.onPiece(piece, bytes, undefined);
        });
      };
      origin.uplink.send({ bytes: bytes.length, urgent: false, sent, state: "waiting" });
    }
  }

  #spend(): boolean {
    const nowMs = this.#clock.nowMs();
    const mostBytes = MOST_SAVED_MS * this.#bytesPerMs;
    this.#savedBytes = Math.min(mostBytes, this.#savedBytes + (nowMs - this.#savedMs) * this.#bytesPerMs);
    this.#savedMs = nowMs;
    if (this.#savedBytes < this.#stream.segmentBytes) return false;
    this.#savedBytes -= this.#stream.segmentBytes;
    return true;
  }

  /** Where everybody is new and nobody has what it wants to begin with, it begins with what comes next. */
  #look(peer: SimPeer, player: SimPlayer): void {
    const segment = player.firstSegment;
    if (!peer.alive || segment === undefined || player.helped) return;
    const known = [...peer.links.keys()].filter((number) => number !== ORIGIN_PEER);
    if (known.length === 0 || this.#isAround(segment, [peer.number, ...known])) {
      this.#clock.after(LOOK_AGAIN_MS, () => this.#look(peer, player));
      return;
    }
    const newest = this.#stream.newest(this.#clock.nowMs());
    player.startAt(this.#isAround(newest, known) ? newest : newest + 1);
  }

  #isAround(segment: number, peers: readonly number[]): boolean {
    return peers.some((number) => this.#hasSome(number, this.#stream.firstPiece(segment)));
  }

  #hasSome(number: number, firstPiece: number): boolean {
    const member = this.#net.peers.get(number)?.member;
    for (let at = 0; at < this.#stream.piecesPerSegment; at += 1) {
      if (member?.piece(firstPiece + at) !== undefined) return true;
    }
    return false;
  }
}
