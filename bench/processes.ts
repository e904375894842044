import { spawnSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";

/** Clock ticks a second of /proc: 100 on every Linux that runs Node. */
const TICKS_PER_S = 100;

/** CPU seconds of this process and all its descendants so far. */
export function cpuSeconds(pid: number): number {
  return sum(family(pid), (member) => {
    // The name in brackets may hold spaces; what follows it starts with field 3.
    const fields = read(`/proc/${member}/stat`)
      .replace(/^.*\) /s, "")
      .split(" ");
    return (Number(fields[11] ?? 0) + Number(fields[12] ?? 0)) / TICKS_PER_S;
  });
}

/** Megabytes held by this process and all its descendants; pages they share are counted once. */
export function memoryMb(pid: number): number {
  return sum(family(pid), processMemoryMb);
}

/** As {@link memoryMb}, of one process. */
export function processMemoryMb(pid: number): number {
  const kib = /^Pss:\s+(\d+) kB/m.exec(read(`/proc/${pid}/smaps_rollup`))?.[1];
  return (Number(kib ?? 0) * 1_024) / 1e6;
}

/** Ties the process, its threads and children, and what they start later, to these cores ("1", "0-3"). */
export function pinTo(cores: string, pid: number): void {
  for (const member of family(pid)) spawnSync("taskset", ["-acp", cores, String(member)]);
}

/** Any thread may have started a child. */
function family(pid: number): number[] {
  const children = threadsOf(pid).flatMap((thread) => read(`/proc/${pid}/task/${thread}/children`).split(" "));
  return [pid, ...children.filter(Boolean).map(Number).flatMap(family)];
}

function threadsOf(pid: number): string[] {
  try {
    return readdirSync(`/proc/${pid}/task`);
  } catch {
    return [];
  }
}

function sum(pids: readonly number[], measure: (pid: number) => number): number {
  return pids.reduce((total, pid) => total + measure(pid), 0);
}

/** A process that is gone just now counts as nothing. */
function read(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return "";
  }
}
