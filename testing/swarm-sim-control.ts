import type { Clock } from "../peer/clock.ts";
import type { PeerTally } from "../peer/swarm/member-ports.ts";
import { createPlanner } from "../planner/core/planner.ts";
import type { PeerFacts, Planner, PlannerEvent } from "../planner/core/planner-ports.ts";
import { Reputations } from "../planner/reputations.ts";
import { UplinkMeter } from "../planner/uplink-meter.ts";
import { ORIGIN_PEER } from "../protocol/ids.ts";
import { PlanCheck } from "./plan-check.ts";
import type { SimNet } from "./swarm-sim-net.ts";
import type { SimPeer } from "./swarm-sim-peer.ts";
import type { SwarmScenario } from "./swarm-sim-scenario.ts";
import { SIM_SWARM } from "./swarm-sim-stream.ts";

/** What a liar says of its uplink where claims are believed. */
const BOAST_BPS = 100e6;

/** The shipped planner core, and how peers and it hear of each other: the planner's server without its wire. */
export class SimControl {
  readonly #clock: Clock;
  readonly #net: SimNet;
  readonly #scenario: SwarmScenario;
  readonly #planner: Planner;
  /** The plan keeps its rules after each step, or the simulation ends there. */
  readonly #check = new PlanCheck();
  readonly #uplinks = new UplinkMeter();
  readonly #reputations = new Reputations();

  constructor(options: { clock: Clock; net: SimNet; scenario: SwarmScenario; random: () => number }) {
    const { clock, net, scenario, random } = options;
    this.#clock = clock;
    this.#net = net;
    this.#scenario = scenario;
    this.#planner = createPlanner({ random, originUplinkBps: scenario.originBps });
    this.handle({ type: "rate", swarm: SIM_SWARM, rateBps: scenario.rateBps });
    this.#tick();
  }

  /** The planner learns this now; its commands reach the peers a trip later. */
  handle(event: PlannerEvent): void {
    const commands = this.#planner.handle(event, this.#clock.nowMs());
    this.#check.step(event, commands);
    for (const command of commands) {
      const peer = this.#net.peers.get(command.peer);
      if (peer === undefined) continue;
      this.#clock.after(peer.number === ORIGIN_PEER ? 0 : this.tripMs(peer), () => {
        for (let time = 0; time < this.#scenario.toldTimes && peer.alive; time += 1) {
          peer.assign(command);
          this.#net.meetWants(peer);
        }
      });
    }
  }

  /** One way between this peer and the planner, which sits with the origin. */
  tripMs(peer: SimPeer): number {
    const origin = this.#net.peers.get(ORIGIN_PEER);
    return origin === undefined ? 0 : this.#net.delayMs(peer, origin);
  }

  join(peer: SimPeer): void {
    this.#clock.after(this.tripMs(peer), () => {
      if (!peer.alive) return;
      this.handle({ type: "peer", peer: peer.number, facts: this.#factsOf(peer) });
      this.handle({ type: "join", swarm: SIM_SWARM, peer: peer.number });
    });
    this.#clock.after(this.#scenario.reportMs, () => this.#report(peer));
  }

  #factsOf({ number, line }: SimPeer): PeerFacts {
    const { natMatching, measured } = this.#scenario;
    const claimBps = line.liar ? BOAST_BPS : line.uplinkBps;
    return {
      nat: natMatching ? line.nat : "open",
      ipv6: natMatching ? line.ipv6 : true,
      network: String(number),
      upload: line.uplinkBps > 0,
      uplinkBps: measured ? undefined : claimBps,
      trusted: false,
      rttMs: undefined,
      stayMs: 0,
    };
  }

  #report(peer: SimPeer): void {
    if (!peer.alive) return;
    const tallies = peer.member.takeTally();
    this.#clock.after(this.#scenario.reportMs, () => this.#report(peer));
    if (!this.#scenario.measured) return;
    const linked = tallies.filter((tally) => tally.peer !== ORIGIN_PEER && peer.links.has(tally.peer));
    this.#clock.after(this.tripMs(peer), () => {
      for (const tally of linked) this.#believe(peer.number, tally);
    });
  }

  #believe(receiver: number, { peer, bytes, busyBytes, busyMs, missed }: PeerTally): void {
    const nowMs = this.#clock.nowMs();
    const [one, other] = [this.#net.peers.get(receiver), this.#net.peers.get(peer)];
    if (one && other)
      this.handle({ type: "rtt", peer: receiver, other: peer, rttMs: 2 * this.#net.delayMs(one, other) });
    const sight = { bytes, periodMs: this.#scenario.reportMs, busyBytes, busyMs };
    this.#uplinks.report(peer, { peer: receiver, swarm: SIM_SWARM, network: String(receiver) }, sight, nowMs);
    this.#reputations.report(peer, receiver, String(receiver), { bytes, missed, corrupt: 0 }, nowMs);
  }

  #tick(): void {
    for (const news of this.#uplinks.tick(this.#clock.nowMs())) this.handle({ type: "uplink", ...news });
    for (const news of this.#reputations.takeNews()) this.handle({ type: "reputation", ...news });
    this.handle({ type: "tick" });
    this.#clock.after(1_000, () => this.#tick());
  }
}
