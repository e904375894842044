import type { Clock } from "../peer/clock.ts";
import { ORIGIN_PEER } from "../protocol/ids.ts";
import { SimMemberLink } from "./swarm-sim-link.ts";
import type { SimPeer } from "./swarm-sim-peer.ts";
import { canLink, drawSetUpMs, FAILING } from "./swarm-sim-scenario.ts";
import type { SimStream } from "./swarm-sim-stream.ts";

/** An attempt that failed is given up after this long. */
const ATTEMPT_MS = 3_000;
/** Links to other viewers one keeps at once. */
const MAX_LINKS = 19;

/** Who is there, and the links between them: made when the planner wants them, kept while there is room. */
export class SimNet {
  readonly peers = new Map<number, SimPeer>();
  readonly #clock: Clock;
  readonly #random: () => number;
  readonly #stream: SimStream;
  /** Told of pairs that cannot be linked. */
  readonly #onUnlinkable: (peer: number, other: number) => void;
  /** Pairs whose link is being made. */
  readonly #making = new Set<string>();

  constructor(options: {
    clock: Clock;
    random: () => number;
    stream: SimStream;
    onUnlinkable: (peer: number, other: number) => void;
  }) {
    this.#clock = options.clock;
    this.#random = options.random;
    this.#stream = options.stream;
    this.#onUnlinkable = options.onUnlinkable;
  }

  delayMs(a: SimPeer, b: SimPeer): number {
    return a.line.delayMs + b.line.delayMs;
  }

  /** Makes the links this peer wants and has not, and ends the oldest unwanted ones if there are too many. */
  meetWants(peer: SimPeer): void {
    for (const number of peer.wanted) this.connect(peer, number);
    for (const number of peer.links.keys()) {
      if (peer.links.size <= MAX_LINKS) return;
      const other = this.peers.get(number);
      if (number === ORIGIN_PEER || peer.wanted.has(number) || other?.wanted.has(peer.number) === true) continue;
      this.disconnect(peer, number, other === undefined ? 0 : this.delayMs(peer, other));
    }
  }

  connect(peer: SimPeer, number: number): void {
    const other = this.peers.get(number);
    const pair = peer.number < number ? `${peer.number} ${number}` : `${number} ${peer.number}`;
    if (other === undefined || peer.links.has(number) || this.#making.has(pair)) return;
    this.#making.add(pair);
    const toOrigin = number === ORIGIN_PEER || peer.number === ORIGIN_PEER;
    const works = toOrigin || (canLink(peer.line, other.line) && this.#random() >= FAILING);
    const ms = works ? this.setUpMs(peer, other) : ATTEMPT_MS;
    this.#clock.after(ms, () => {
      this.#making.delete(pair);
      if (!peer.alive) return;
      // A peer that went without a word looks like one that cannot be reached, until the planner hears of it.
      if (works && other.alive) this.#open(peer, other);
      else if (this.peers.has(number)) this.#onUnlinkable(peer.number, number);
    });
  }

  /** How long these two take to make a link. */
  setUpMs(peer: SimPeer, other: SimPeer): number {
    return drawSetUpMs(this.delayMs(peer, other), this.#random);
  }

  /** A ticket was shown on a link that is open: the swarm travels on it from now on. */
  admit(peer: SimPeer, other: SimPeer): void {
    this.#open(peer, other);
  }

  /** The link ends here now and at the other side `delayMs` later. */
  disconnect(peer: SimPeer, number: number, delayMs: number): void {
    const other = this.peers.get(number);
    peer.links.get(number)?.close();
    peer.links.delete(number);
    peer.member.removeLink(number);
    const back = other?.links.get(peer.number);
    if (other === undefined || back === undefined) return;
    this.#clock.after(delayMs, () => {
      if (other.links.get(peer.number) !== back) return;
      back.close();
      other.links.delete(peer.number);
      other.member.removeLink(peer.number);
    });
  }

  /** It is gone: its links end, here and now at its own side. */
  remove(peer: SimPeer): void {
    for (const number of [...peer.links.keys()]) {
      const other = this.peers.get(number);
      this.disconnect(peer, number, other === undefined ? 0 : this.delayMs(peer, other));
    }
    this.peers.delete(peer.number);
  }

  #open(a: SimPeer, b: SimPeer): void {
    const between = { clock: this.#clock, delayMs: this.delayMs(a, b), manifests: this.#stream.manifests };
    const there = new SimMemberLink({ ...between, from: a, to: b });
    const back = new SimMemberLink({ ...between, from: b, to: a });
    a.links.set(b.number, there);
    b.links.set(a.number, back);
    a.member.addLink(there);
    b.member.addLink(back);
  }
}
