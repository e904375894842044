import { execFileSync } from "node:child_process";
import { cpus, loadavg, release } from "node:os";

/** Where figures come from; without it they say nothing. */
export interface Machine {
  readonly date: string;
  readonly cores: number;
  readonly cpu: string;
  readonly kernel: string;
  readonly node: string;
  readonly chromium: string;
  readonly nginx: string;
  /** Load average of the minute before: above a tenth of the cores, others were at work. */
  readonly loadBefore: number;
}

export function describeMachine(): Machine {
  return {
    date: new Date().toISOString().slice(0, 10),
    cores: cpus().length,
    cpu: cpus()[0]?.model ?? "unknown",
    kernel: release(),
    node: process.version,
    chromium: versionOf(process.env.TUBER_CHROMIUM ?? "/usr/bin/chromium", ["--version"]),
    nginx: versionOf("/usr/sbin/nginx", ["-v"]),
    loadBefore: Number((loadavg()[0] ?? 0).toFixed(2)),
  };
}

function versionOf(command: string, args: readonly string[]): string {
  try {
    // nginx says it on the other stream.
    const text = execFileSync("sh", ["-c", '"$0" "$@" 2>&1', command, ...args], { encoding: "utf8" });
    return /\d+(\.\d+)+/.exec(text)?.[0] ?? "unknown";
  } catch {
    return "none";
  }
}
