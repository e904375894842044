import { TestClock } from "./clock.ts";
import { seededRandom } from "./random.ts";
import { fewestCopies } from "./swarm-sim-bound.ts";
import { SimBrowser } from "./swarm-sim-browser.ts";
import { SimControl } from "./swarm-sim-control.ts";
import { SwarmFigures, type SwarmResult } from "./swarm-sim-figures.ts";
import { SimNet } from "./swarm-sim-net.ts";
import { SimNewcomers } from "./swarm-sim-newcomers.ts";
import { SimPeer } from "./swarm-sim-peer.ts";
import { SimPlayer } from "./swarm-sim-player.ts";
import { SimReader } from "./swarm-sim-reader.ts";
import { BASE, drawLine, drawStayMs, type SimLine, type SwarmScenario } from "./swarm-sim-scenario.ts";
import { SimStream } from "./swarm-sim-stream.ts";

/** The stream runs for this long before the first viewer. */
const LEAD_MS = 12_000;
/** How often it is computed what the origin must send at least. */
const BOUND_EVERY_MS = 10_000;
/** How long it takes until a peer that left without a word is missed. */
const NOTICED_MS = 1_500;
const ORIGIN_LINE: SimLine = { uplinkBps: 0, nat: "open", ipv6: true, delayMs: 5, liar: false };

/** Runs the shipped planner core and the shipped members over a simulated net, and says what their players saw. */
export function simulateSwarm(scenario: Partial<SwarmScenario> = {}): SwarmResult {
  return new SwarmSim({ ...BASE, ...scenario }).run();
}

type Stoppable = Pick<SimPlayer, "stop">;

export class SwarmSim {
  readonly net: SimNet;
  readonly #clock = new TestClock();
  readonly #scenario: SwarmScenario;
  /** Who comes when, with which line, and for how long: the same people whatever the planner does. */
  readonly #peopleRandom: () => number;
  readonly #memberRandom: () => number;
  readonly #stream: SimStream;
  readonly #figures: SwarmFigures;
  readonly #control: SimControl;
  readonly #origin: SimPeer;
  readonly #newcomers: SimNewcomers;
  readonly #players = new Set<Stoppable>();
  #lastNumber = 0;

  constructor(scenario: SwarmScenario) {
    const clock = this.#clock;
    this.#scenario = scenario;
    this.#peopleRandom = seededRandom(scenario.seed);
    this.#memberRandom = seededRandom(scenario.seed + 1_000);
    this.#stream = new SimStream(scenario);
    this.#figures = new SwarmFigures(LEAD_MS + scenario.warmUpMs);
    const onUnlinkable = (peer: number, other: number): void => {
      this.#control.handle({ type: "unlinkable", peer, other });
    };
    this.net = new SimNet({ clock, random: seededRandom(scenario.seed + 3_000), stream: this.#stream, onUnlinkable });
    this.#origin = this.#newPeer(0, { ...ORIGIN_LINE, uplinkBps: scenario.originBps });
    this.#newcomers = new SimNewcomers({ clock, net: this.net, stream: this.#stream, rateBps: scenario.rateBps });
    this.#control = new SimControl({ clock, net: this.net, scenario, random: seededRandom(scenario.seed + 2_000) });
  }

  run(): SwarmResult {
    const { viewers, crowdMs, endMs, warmUpMs, meanStayMs, rateBps } = this.#scenario;
    this.#publish(0);
    for (let at = 0; at < viewers; at += 1)
      this.#clock.after(LEAD_MS + crowdMs * this.#peopleRandom(), () => this.#join());
    this.#clock.after(LEAD_MS + crowdMs, () => this.#keepComing(meanStayMs / viewers));
    this.#clock.advance(LEAD_MS + warmUpMs);
    const beforeBytes = this.#origin.uplink.sentBytes;
    const bounds: number[] = [];
    for (let ms = warmUpMs; ms < endMs; ms += BOUND_EVERY_MS) {
      this.#clock.advance(BOUND_EVERY_MS);
      bounds.push(fewestCopies(this.#lines(), rateBps));
    }
    for (const player of this.#players) player.stop();
    const copyBytes = (rateBps * (endMs - warmUpMs)) / 8_000;
    return this.#figures.result((this.#origin.uplink.sentBytes - beforeBytes) / copyBytes, bounds);
  }

  #publish(segment: number): void {
    const { manifest, signed } = this.#stream.publish(segment);
    this.#origin.onManifest(manifest, signed, undefined);
    for (let piece = manifest.firstPiece; piece < this.#stream.firstPiece(segment + 1); piece += 1) {
      this.#origin.onPiece(piece, this.#stream.bytes(piece), undefined);
    }
    this.#clock.after(this.#stream.segmentMs, () => this.#publish(segment + 1));
  }

  #keepComing(everyMs: number): void {
    this.#clock.after(-everyMs * Math.log(1 - this.#peopleRandom()), () => {
      this.#join();
      this.#keepComing(everyMs);
    });
  }

  #join(): void {
    this.#lastNumber += 1;
    const peer = this.#newPeer(this.#lastNumber, drawLine(this.#peopleRandom, this.#scenario.liars));
    const player = this.#scenario.reading === "browser" ? this.#browserOf(peer) : this.#playerOf(peer);
    this.#players.add(player);
    this.#clock.after(drawStayMs(this.#scenario, this.#peopleRandom), () => this.#leave(peer, player));
  }

  #playerOf(peer: SimPeer): SimPlayer {
    const player = new SimPlayer({
      clock: this.#clock,
      member: peer.member,
      stream: this.#stream,
      figures: this.#figures,
      startAgeMs: this.#scenario.startAgeMs,
    });
    peer.watch(player);
    this.net.connect(peer, 0);
    this.#control.join(peer);
    this.#newcomers.help(peer, player);
    return player;
  }

  /** It is let into the swarm by the first note, which takes a link to the origin. */
  #browserOf(peer: SimPeer): SimBrowser {
    const clock = this.#clock;
    const tripMs = this.net.delayMs(peer, this.#origin);
    const reader = new SimReader({
      clock,
      peer,
      origin: this.#origin,
      stream: this.#stream,
      tripMs,
      linkedMs: clock.nowMs() + this.net.setUpMs(peer, this.#origin),
      onNote: () => {
        clock.after(tripMs, () => peer.alive && this.net.admit(peer, this.#origin));
        this.#control.join(peer);
      },
    });
    const { startAgeMs } = this.#scenario;
    return new SimBrowser({ clock, reader, stream: this.#stream, figures: this.#figures, startAgeMs });
  }

  /** Announced, the planner hears of it now and the others as fast as light; else everybody misses it after a while. */
  #leave(peer: SimPeer, player: Stoppable): void {
    const lateMs = this.#peopleRandom() < this.#scenario.unannounced ? NOTICED_MS : 0;
    this.#players.delete(player);
    player.stop();
    peer.leave();
    this.#clock.after(lateMs, () => this.net.remove(peer));
    this.#clock.after(lateMs + this.#control.tripMs(peer), () => {
      this.#control.handle({ type: "gone", peer: peer.number });
    });
  }

  #lines(): SimLine[] {
    return [...this.net.peers.values()].filter(({ number, alive }) => number !== 0 && alive).map(({ line }) => line);
  }

  #newPeer(number: number, line: SimLine): SimPeer {
    const { pull } = this.#scenario;
    const peer = new SimPeer({
      number,
      line,
      clock: this.#clock,
      random: this.#memberRandom,
      stream: this.#stream,
      pull,
    });
    this.net.peers.set(number, peer);
    return peer;
  }
}
