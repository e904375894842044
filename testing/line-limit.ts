import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { inside, type Namespace } from "./netns.ts";

const run = promisify(execFile);

/** What may leave at once: a few packets; a kernel's timers are no finer at home lines' rates. */
const BURST_BYTES = 16_384;

/** What a device lets out. */
export interface LineLimit {
  readonly rateBps: number;
  /** Longest wait of a packet; what would wait longer is dropped, as a home router does. */
  readonly queueMs: number;
}

/** Limits what the namespace sends over `device`; what it receives is not limited. */
export async function limitLine(namespace: Namespace, device: string, { rateBps, queueMs }: LineLimit): Promise<void> {
  const shape = ["rate", `${rateBps}bit`, "burst", String(BURST_BYTES), "latency", `${queueMs}ms`];
  await run(...inside(namespace, "tc", ["qdisc", "replace", "dev", device, "root", "tbf", ...shape]));
}

/** Takes the limit off again. */
export async function unlimitLine(namespace: Namespace, device: string): Promise<void> {
  await run(...inside(namespace, "tc", ["qdisc", "delete", "dev", device, "root"]));
}
