import type { NatKind } from "../planner/core/planner-ports.ts";

/** What is simulated. The defaults are the base scenario of the planner's goals. */
export interface SwarmScenario {
  readonly seed: number;
  readonly viewers: number;
  /** How long the simulation runs, and from when on its figures count. */
  readonly endMs: number;
  readonly warmUpMs: number;
  /** The first viewers all come within this time. */
  readonly crowdMs: number;
  readonly rateBps: number;
  readonly segmentMs: number;
  /** A viewer starts at the newest segment that is at least this old. */
  readonly startAgeMs: number;
  readonly pieceBytes: number;
  readonly originBps: number;
  readonly meanStayMs: number;
  /** Log-normal stays of this sigma with the same mean; 0: exponential ones. */
  readonly staySigma: number;
  /** Share of leaves that nobody is told of. */
  readonly unannounced: number;
  /** Share of fixed lines that take children and send them nothing. */
  readonly liars: number;
  /** How often members report what they saw of others. */
  readonly reportMs: number;
  /** Off: the planner is told that everybody is reachable. */
  readonly natMatching: boolean;
  /** Off: members ask for nothing. */
  readonly pull: boolean;
  /** Off: the planner believes what peers say of themselves, and no report. */
  readonly measured: boolean;
  /** How often peers get each command of the planner's, one right after the other. */
  readonly toldTimes: number;
  /**
   * How players come by segments. `helped`: of the member, newcomers' first ones by help that the origin gives within bounds
   * (swarm-sim-newcomers.ts). `browser`: as browsers do, of the swarm or as the app's own answer (swarm-sim-reader.ts).
   */
  readonly reading: "helped" | "browser";
}

export const BASE: SwarmScenario = {
  seed: 1,
  viewers: 100,
  endMs: 180_000,
  warmUpMs: 60_000,
  crowdMs: 60_000,
  rateBps: 3e6,
  segmentMs: 2_000,
  startAgeMs: 3_000,
  pieceBytes: 65_536,
  originBps: 20e6,
  meanStayMs: 600_000,
  staySigma: 0,
  unannounced: 0.3,
  liars: 0,
  reportMs: 5_000,
  natMatching: true,
  pull: true,
  measured: true,
  toldTimes: 1,
  reading: "helped",
};

/** A viewer's line as it truly is. */
export interface SimLine {
  readonly uplinkBps: number;
  readonly nat: NatKind;
  readonly ipv6: boolean;
  /** One-way delay from here to the middle of the net; that of a pair is both. */
  readonly delayMs: number;
  readonly liar: boolean;
}

/** 20 % have no uplink; shares of NAT kinds and IPv6 from measurements of deployed WebRTC. */
export function drawLine(random: () => number, liars: number): SimLine {
  const delayMs = 4 - 8.5 * Math.log(1 - random());
  if (random() < 0.2) return { uplinkBps: 0, nat: "symmetric", ipv6: random() < 0.8, delayMs, liar: false };
  const kind = random();
  return {
    uplinkBps: Math.min(200e6, 10e6 * Math.exp(drawNormal(random))),
    nat: kind < 0.12 ? "open" : kind < 0.85 ? "cone" : "symmetric",
    ipv6: random() < 0.45,
    delayMs,
    liar: random() < liars,
  };
}

export function drawStayMs(scenario: SwarmScenario, random: () => number): number {
  const { meanStayMs, staySigma } = scenario;
  if (staySigma === 0) return -meanStayMs * Math.log(1 - random());
  return meanStayMs * Math.exp(staySigma * drawNormal(random) - staySigma ** 2 / 2);
}

/** Offer, answer, ICE, DTLS and SCTP: log-normal around 0.3 s, and four one-way delays. */
export function drawSetUpMs(delayMs: number, random: () => number): number {
  return 300 * Math.exp(0.4 * drawNormal(random)) + 4 * delayMs;
}

/** Share of attempts that fail for no reason. */
export const FAILING = 0.03;

/** Whether these two can be linked at all: the truth, whatever the planner thinks. */
export function canLink(a: SimLine, b: SimLine): boolean {
  if (a.ipv6 && b.ipv6) return true;
  if (a.nat === "open" || b.nat === "open") return true;
  return a.nat === "cone" && b.nat === "cone";
}

function drawNormal(random: () => number): number {
  return Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
}
