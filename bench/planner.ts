import { createPlanner } from "../planner/core/planner.ts";
import type { PlannerEvent } from "../planner/core/planner-ports.ts";
import { seededRandom } from "../testing/random.ts";
import { drawViewer } from "./population.ts";
import type { Claim, Measures, Result } from "./result.ts";
import { type Contender, interleave, valuesOf } from "./rounds.ts";
import { median } from "./statistics.ts";

const SIZES = [1_000, 10_000, 100_000];
const ROUNDS = 3;
/** Visits that end and begin in one round. */
const PAIRS = 2_000;
/** Ten-minute visits: how many end each second of each 600 viewers. */
const VIEWERS_A_LEAVE = 600;

/** What planning costs as swarms grow. */
export async function planner(): Promise<Result> {
  const rows = await interleave(SIZES.map(swarmOf), ROUNDS);
  const largest = nameOf(Math.max(...SIZES));
  const atMost = (measure: string, bar: number): Claim => {
    const values = valuesOf(rows, largest, measure);
    const range = { from: Math.min(...values), to: Math.max(...values) };
    return { what: `${measure}, ${largest}`, value: median(values), unit: "µs", ...range, atMost: bar };
  };
  return {
    title: "Planning",
    how:
      `One swarm of 3 Mbit/s with viewers as surveys find them. Each round ends ${PAIRS} visits and begins as many, with the ` +
      "ticks that fall between them. Times are the processor's, garbage collection included, so that a busy machine matters less.",
    rows,
    claims: [
      atMost("join: mean", 100),
      atMost("join: 99 %", 1_000),
      atMost("leave: mean", 100),
      atMost("leave: 99 %", 1_000),
    ],
  };
}

function nameOf(viewers: number): string {
  return `${viewers.toLocaleString("en")} viewers`;
}

function swarmOf(viewers: number): Contender {
  const random = seededRandom(viewers);
  const core = createPlanner({ random });
  const here: number[] = [];
  let nowMs = 0;
  let next = 1;
  let seconds = 0;
  const handle = (event: PlannerEvent): number => core.handle(event, nowMs).length;
  const join = (): number => {
    here.push(next);
    const commands = handle({ type: "peer", peer: next, facts: drawViewer(random) });
    next += 1;
    return commands + handle({ type: "join", swarm: 1, peer: next - 1 });
  };
  const leave = (): number => {
    const at = Math.floor(random() * here.length);
    const peer = here[at] ?? 0;
    here[at] = here.at(-1) ?? 0;
    here.pop();
    return handle({ type: "gone", peer });
  };
  const run = async (): Promise<Measures> => {
    while (here.length < viewers) join();
    const [joins, leaves, ticks] = [new Timings(), new Timings(), new Timings()];
    let commands = 0;
    for (let pair = 0; pair < PAIRS; pair += 1) {
      nowMs += (1_000 * VIEWERS_A_LEAVE) / viewers;
      commands += leaves.time(leave) + joins.time(join);
      if (Math.floor(nowMs / 1_000) > seconds) {
        seconds = Math.floor(nowMs / 1_000);
        ticks.time(() => handle({ type: "tick" }));
      }
    }
    return {
      "join: mean": joins.meanUs,
      "join: 99 %": joins.quantileUs(0.99),
      "leave: mean": leaves.meanUs,
      "leave: 99 %": leaves.quantileUs(0.99),
      "tick: mean": ticks.meanUs,
      "commands a leave and join": commands / PAIRS,
    };
  };
  return { name: nameOf(viewers), run };
}

class Timings {
  readonly #us: number[] = [];

  get meanUs(): number {
    return this.#us.reduce((sum, us) => sum + us, 0) / this.#us.length;
  }

  quantileUs(share: number): number {
    return [...this.#us].sort((a, b) => a - b)[Math.floor(share * this.#us.length)] ?? Number.NaN;
  }

  time(step: () => number): number {
    const before = process.cpuUsage();
    const answer = step();
    const { user, system } = process.cpuUsage(before);
    this.#us.push(user + system);
    return answer;
  }
}
