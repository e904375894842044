import { mkdirSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type { Machine } from "./machine.ts";
import { type Claim, isMet, type Result, type Row } from "./result.ts";
import { median, shortNumber } from "./statistics.ts";

const FOLDER = fileURLToPath(new URL("../../bench/results/", import.meta.url));

/** Writes bench/results/NAME.json and NAME.md; answers the tables as text. */
export function report(name: string, result: Result, machine: Machine): string {
  const text = [
    `# ${result.title}`,
    result.how,
    claimTable(result.claims),
    `Medians of ${Math.max(0, ...result.rows.map((row) => row.rounds.length))} interleaved rounds:`,
    rowTable(result.rows),
    machineLine(machine),
    `Repeat: \`npm run bench -- ${name}\``,
  ].join("\n\n");
  mkdirSync(FOLDER, { recursive: true });
  writeFileSync(`${FOLDER}${name}.json`, `${JSON.stringify({ name, machine, ...result }, rounded, 2)}\n`);
  writeFileSync(`${FOLDER}${name}.md`, `${text}\n`);
  return text;
}

function rounded(_key: string, value: unknown): unknown {
  return typeof value === "number" ? Number(value.toPrecision(5)) : value;
}

function claimTable(claims: readonly Claim[]): string {
  const lines = claims.map((claim) => {
    const { from, to } = claim;
    const range = from === undefined || to === undefined ? "" : `${shortNumber(from)} … ${shortNumber(to)}`;
    return [claim.what, `**${shortNumber(claim.value)} ${claim.unit}**`, range, aimOf(claim)];
  });
  return table(["comparison", "median", "rounds", "aim"], lines);
}

function aimOf(claim: Claim): string {
  const met = isMet(claim);
  if (met === undefined) return "";
  const bar = claim.atLeast === undefined ? `≤ ${claim.atMost}` : `≥ ${claim.atLeast}`;
  return `${bar} ${claim.unit}: ${met ? "met" : "**not met**"}`;
}

function rowTable(rows: readonly Row[]): string {
  const measures = [...new Set(rows.flatMap((row) => row.rounds.flatMap((round) => Object.keys(round))))];
  const lines = rows.map(({ contender, rounds }) => {
    const values = (measure: string): number[] => rounds.flatMap((round) => round[measure] ?? []);
    return [contender, ...measures.map((measure) => shortNumber(median(values(measure))))];
  });
  return table(["", ...measures], lines);
}

function table(head: readonly string[], lines: readonly (readonly string[])[]): string {
  const row = (cells: readonly string[]): string => `| ${cells.join(" | ")} |`;
  return [row(head), row(head.map(() => "---")), ...lines.map(row)].join("\n");
}

function machineLine(machine: Machine): string {
  const { date, cores, cpu, kernel, node, chromium, nginx, loadBefore } = machine;
  return `${date}, ${cores} × ${cpu}, Linux ${kernel}, Node ${node}, Chromium ${chromium}, nginx ${nginx}; load before: ${loadBefore}`;
}
