import type { Claim, Measures, Row } from "./result.ts";
import { median } from "./statistics.ts";

/** One of those that are compared. */
export interface Contender {
  readonly name: string;
  /** One measurement. */
  run(): Promise<Measures>;
}

/** Measures in turn, A B C A B C …, so that a machine that becomes slower or busier does so for all of them. */
export async function interleave(contenders: readonly Contender[], rounds: number): Promise<Row[]> {
  const rows = contenders.map(({ name }) => ({ contender: name, rounds: [] as Measures[] }));
  for (let round = 1; round <= rounds; round += 1) {
    for (const [index, contender] of contenders.entries()) {
      const measures = await contender.run();
      process.stderr.write(`round ${round}/${rounds}, ${contender.name}: ${JSON.stringify(measures)}\n`);
      rows[index]?.rounds.push(measures);
    }
  }
  return rows;
}

/** Two contenders in one measure. */
export interface Pair {
  readonly measure: string;
  readonly of: string;
  readonly to: string;
  readonly atLeast?: number;
  readonly atMost?: number;
}

/** The median of the quotients of each round: rounds are compared with themselves, not with luckier ones. */
export function ratio(rows: readonly Row[], pair: Pair): Claim {
  return compare(rows, pair, "×", (one, other) => one / other);
}

/** As {@link ratio}, of differences. */
export function difference(rows: readonly Row[], pair: Pair, unit: string): Claim {
  return compare(rows, pair, unit, (one, other) => one - other);
}

function compare(rows: readonly Row[], pair: Pair, unit: string, join: (one: number, other: number) => number): Claim {
  const { measure, of, to, ...bars } = pair;
  const others = valuesOf(rows, to, measure);
  const values = valuesOf(rows, of, measure).map((value, round) => join(value, others[round] ?? Number.NaN));
  const sign = unit === "×" ? "÷" : "−";
  const range = { from: Math.min(...values), to: Math.max(...values) };
  return { what: `${measure}: ${of} ${sign} ${to}`, value: median(values), unit, ...range, ...bars };
}

/** The median of what one contender showed in one measure, beside nobody. */
export function seen(
  rows: readonly Row[],
  contender: string,
  measure: string,
  bar: Pick<Claim, "atLeast" | "atMost"> = {},
): Claim {
  const values = valuesOf(rows, contender, measure);
  const unit = measure.endsWith("%")
    ? "%"
    : measure.endsWith(" ms")
      ? "ms"
      : measure.startsWith("stalled s")
        ? "s"
        : "×";
  const range = { from: Math.min(...values), to: Math.max(...values) };
  return { what: `${measure}: ${contender}`, value: median(values), unit, ...range, ...bar };
}

/** All rounds of one contender in one measure. */
export function valuesOf(rows: readonly Row[], contender: string, measure: string): number[] {
  const rounds = rows.find((row) => row.contender === contender)?.rounds ?? [];
  return rounds.map((measures) => measures[measure] ?? Number.NaN);
}
