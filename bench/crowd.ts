import { simulateSwarm } from "../testing/swarm-sim.ts";
import type { Measures, Result } from "./result.ts";

const VIEWERS = 10_000;
/** Shorter than the suite's runs: what ten thousand members do in a second takes the processor some. */
const CROWD_MS = 60_000;
const WARM_UP_MS = 70_000;
const END_MS = 90_000;

/** The suite's simulation (testing/swarm-sim.test.ts) at a size that the suite has no time for. */
export async function crowd(): Promise<Result> {
  const before = process.cpuUsage();
  const sim = simulateSwarm({ viewers: VIEWERS, crowdMs: CROWD_MS, warmUpMs: WARM_UP_MS, endMs: END_MS });
  const { user, system } = process.cpuUsage(before);
  const measures: Measures = {
    copies: sim.originCopies,
    "fewest copies": sim.boundCopies,
    "% standing still": 100 * sim.rebuffer,
    "latency, ms": sim.latencyMs,
    "start p50, ms": sim.startP50Ms,
    "start p95, ms": sim.startP95Ms,
    "never started": sim.neverStarted,
    "s of processor": (user + system) / 1e6,
  };
  return {
    title: "Ten thousand viewers, simulated",
    how:
      `${VIEWERS} viewers of one stream of 3 Mbit/s come within ${CROWD_MS / 1_000} s to an origin of 20 Mbit/s, over lines as surveys find them; ` +
      `judged from second ${WARM_UP_MS / 1_000} to ${END_MS / 1_000}. The shipped planner core and the shipped members, on a simulated net: ` +
      "the same figures on any machine, but for the last.",
    rows: [{ contender: "Tuber", rounds: [measures] }],
    claims: [
      { what: "copies that leave the origin", value: sim.originCopies, unit: "×", atMost: 1.5 },
      { what: "time standing still", value: 100 * sim.rebuffer, unit: "%", atMost: 0.01 },
      { what: "age of what is seen", value: sim.latencyMs, unit: "ms", atMost: 7_000 },
      { what: "start, 95 of 100", value: sim.startP95Ms, unit: "ms", atMost: 1_500 },
    ],
  };
}
