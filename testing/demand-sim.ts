import { createDemandOrigin } from "../peer/swarm/demand-origin.ts";
import type { SwarmMember } from "../peer/swarm/member-ports.ts";
import { TestClock } from "./clock.ts";
import { DEMAND_PAGE_PIECES, DEMAND_SWARM, DemandContent } from "./demand-sim-content.ts";
import { DemandSimPeer, DemandSimViewer } from "./demand-sim-peer.ts";
import { seededRandom } from "./random.ts";
import { SimMemberLink } from "./swarm-sim-link.ts";

/** What is promised comes true this often. */
const STEP_MS = 5;
/** Making a link takes this long. */
const SET_UP_MS = 300;
/** How long it takes until a peer that left without a word is missed. */
const NOTICED_MS = 1_500;
const DELAY_MS = 10;

/** The shipped on-demand members and the shipped origin over simulated links, each viewer linked to each. */
export class DemandSim {
  readonly clock = new TestClock();
  readonly content: DemandContent;
  readonly origin: DemandSimPeer;
  readonly viewers: DemandSimViewer[] = [];
  readonly #random: () => number;
  readonly #peers: DemandSimPeer[] = [];

  constructor(options: { readonly seed: number; readonly totalBytes: number; readonly originBps: number }) {
    const { clock } = this;
    const random = seededRandom(options.seed);
    this.#random = random;
    this.content = new DemandContent(options.totalBytes);
    const member = createDemandOrigin({
      swarm: DEMAND_SWARM,
      pagePieces: DEMAND_PAGE_PIECES,
      clock,
      random,
      load: this.content.load,
      keepBytes: 64 * 1_048_576,
    });
    this.origin = new DemandSimPeer(member, { number: 0, uplinkBps: options.originBps, delayMs: DELAY_MS, clock });
    this.#peers.push(this.origin);
  }

  get random(): () => number {
    return this.#random;
  }

  /** A viewer comes; it is linked to the origin at once, to others a little later. */
  join(uplinkBps: number): DemandSimViewer {
    const { clock, content } = this;
    const number = this.#peers.length;
    const options = { number, uplinkBps, delayMs: DELAY_MS, clock, random: this.#random, content };
    const viewer = new DemandSimViewer(options);
    this.viewers.push(viewer);
    this.#link(viewer);
    return viewer;
  }

  /** Somebody who does what this member does. */
  joinStranger(member: SwarmMember, uplinkBps = 10e6): DemandSimPeer {
    const number = this.#peers.length;
    const peer = new DemandSimPeer(member, { number, uplinkBps, delayMs: DELAY_MS, clock: this.clock });
    this.#link(peer);
    return peer;
  }

  vanish(peer: DemandSimPeer): void {
    peer.vanish();
    this.clock.after(NOTICED_MS, () => {
      for (const other of this.#peers) other.member.removeLink(peer.number);
    });
  }

  async run(ms: number, isOver: () => boolean = () => false): Promise<void> {
    const endMs = this.clock.nowMs() + ms;
    while (this.clock.nowMs() < endMs && !isOver()) {
      this.clock.advance(STEP_MS);
      for (let turn = 0; turn < 4; turn += 1) await Promise.resolve();
    }
  }

  #link(peer: DemandSimPeer): void {
    for (const other of this.#peers) {
      this.clock.after(other === this.origin ? 0 : SET_UP_MS, () => {
        if (peer.alive && other.alive) this.#open(peer, other);
      });
    }
    this.#peers.push(peer);
  }

  #open(a: DemandSimPeer, b: DemandSimPeer): void {
    const between = { clock: this.clock, delayMs: a.delayMs + b.delayMs, manifests: this.content.manifests };
    const there = new SimMemberLink({ ...between, from: a, to: b });
    const back = new SimMemberLink({ ...between, from: b, to: a });
    a.links.set(b.number, there);
    b.links.set(a.number, back);
    a.member.addLink(there);
    b.member.addLink(back);
  }
}
