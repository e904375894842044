// Swarms are judged by simulation: the shipped planner core, the shipped members, and what the planner's server makes of reports,
// over lines as people have them. Every run prints its seed, what it reached, and the least that any planner could have done.
import assert from "node:assert/strict";
import { test } from "node:test";
import { simulateSwarm } from "./swarm-sim.ts";
import { fewestCopies } from "./swarm-sim-bound.ts";
import type { SwarmResult } from "./swarm-sim-figures.ts";
import type { SimLine, SwarmScenario } from "./swarm-sim-scenario.ts";

const SEED = Number(process.env.TUBER_SEED ?? 1);

/** The mean of some seeds' runs. */
function run(name: string, scenario: Partial<SwarmScenario>, seeds = 1): SwarmResult {
  const results = Array.from({ length: seeds }, (_, at) => simulateSwarm({ ...scenario, seed: SEED + at }));
  const mean = (figure: (result: SwarmResult) => number): number =>
    results.reduce((sum, result) => sum + figure(result), 0) / seeds;
  const result: SwarmResult = {
    originCopies: mean(({ originCopies }) => originCopies),
    boundCopies: mean(({ boundCopies }) => boundCopies),
    rebuffer: mean(({ rebuffer }) => rebuffer),
    latencyMs: mean(({ latencyMs }) => latencyMs),
    startP50Ms: mean(({ startP50Ms }) => startP50Ms),
    startP95Ms: mean(({ startP95Ms }) => startP95Ms),
    starts: mean(({ starts }) => starts),
    neverStarted: mean(({ neverStarted }) => neverStarted),
  };
  const s = (ms: number): string => (ms / 1_000).toFixed(2);
  process.stdout.write(
    `# ${name}, seeds ${SEED}-${SEED + seeds - 1}: ${result.originCopies.toFixed(2)} copies (bound ${result.boundCopies.toFixed(2)}), ` +
      `rebuffer ${result.rebuffer.toExponential(1)}, latency ${s(result.latencyMs)} s, ` +
      `start p50 ${s(result.startP50Ms)} p95 ${s(result.startP95Ms)} s, never started ${result.neverStarted}\n`,
  );
  return result;
}

function line(uplinkMbps: number, nat: SimLine["nat"]): SimLine {
  return { uplinkBps: uplinkMbps * 1e6, nat, ipv6: false, delayMs: 10, liar: false };
}

test("the bound: one copy where somebody can pass it on, one each where nobody can reach anybody", () => {
  const lines = (count: number, uplinkMbps: number, nat: SimLine["nat"]) => new Array<SimLine>(count).fill(line(uplinkMbps, nat));
  assert.equal(fewestCopies([], 3e6), 0);
  assert.equal(fewestCopies(lines(5, 20, "cone"), 3e6), 1);
  assert.equal(fewestCopies(lines(5, 20, "symmetric"), 3e6), 5);
  assert.equal(fewestCopies([...lines(4, 20, "cone"), ...lines(2, 0, "symmetric")], 3e6), 2);
  assert.equal(fewestCopies([...lines(1, 60, "open"), ...lines(4, 0, "symmetric")], 3e6), 1);
});

test("the same seed makes the same run", () => {
  const scenario = { viewers: 20, warmUpMs: 20_000, crowdMs: 10_000, endMs: 40_000, seed: SEED };
  assert.deepEqual(simulateSwarm(scenario), simulateSwarm(scenario));
});
