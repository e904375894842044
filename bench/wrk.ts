import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { promisify } from "node:util";

const WRK = "/usr/bin/wrk";
const CONNECTIONS = 32;

/** What wrk saw. */
export interface Load {
  readonly requests: number;
  readonly requestsPerS: number;
  readonly p99Ms: number;
}

export interface LoadOptions {
  readonly url: string;
  readonly seconds: number;
  readonly headers: Readonly<Record<string, string>>;
}

/** Asks for one URL over 32 connections, each with its next request as soon as it has its answer. Rejects on any error answer. */
export async function load({ url, seconds, headers }: LoadOptions): Promise<Load> {
  if (!existsSync(WRK)) throw new Error(`${WRK} is missing (Debian: apt-get install wrk)`);
  const flags = Object.entries(headers).flatMap(([name, value]) => ["-H", `${name}: ${value}`]);
  const args = ["-t1", `-c${CONNECTIONS}`, `-d${seconds}s`, "--latency", ...flags, url];
  const { stdout } = await promisify(execFile)(WRK, args);
  const bad = /Non-2xx or 3xx responses: \d+|Socket errors: .*/.exec(stdout)?.[0];
  if (bad !== undefined) throw new Error(`${url}: ${bad}`);
  const [, requests] = /(\d+) requests in/.exec(stdout) ?? [];
  const [, requestsPerS] = /Requests\/sec:\s+([\d.]+)/.exec(stdout) ?? [];
  const [, p99, unit] = /99%\s+([\d.]+)(us|ms|s)/.exec(stdout) ?? [];
  const scale = unit === "us" ? 0.001 : unit === "s" ? 1_000 : 1;
  return { requests: Number(requests), requestsPerS: Number(requestsPerS), p99Ms: Number(p99) * scale };
}
