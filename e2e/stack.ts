import { startTcpMeter, type TcpMeter } from "../testing/tcp-meter.ts";
import type { Undo } from "../testing/undo.ts";
import { until } from "../testing/until.ts";
import { startTuber, type Tuber } from "./programs.ts";

/** A site with Tuber in front on loopback, and a meter on either side: browser – front – Tuber – back – site. */
export interface Stack {
  /** What the browser opens. */
  readonly url: string;
  readonly tuber: Tuber;
  /** All that crosses HTTP between browser and Tuber. */
  readonly front: TcpMeter;
  /** All that Tuber gets from the site. */
  readonly back: TcpMeter;
}

export async function startStack(undo: Undo, upstream: string, args: readonly string[] = []): Promise<Stack> {
  const back = await meterTo(undo, upstream);
  const tuber = await startTuber(undo, { upstream: `http://127.0.0.1:${back.port}`, args });
  const front = await meterTo(undo, tuber.url);
  return { url: `http://127.0.0.1:${front.port}`, tuber, front, back };
}

async function meterTo(undo: Undo, url: string): Promise<TcpMeter> {
  const { hostname, port } = new URL(url);
  const target = { targetHost: hostname, targetPort: Number(port) };
  const meter = await startTcpMeter({ listenHost: "127.0.0.1", listenPort: 0, ...target });
  undo(() => meter.close());
  return meter;
}

/** What the admin listener's /status says, as far as tests read it. */
export interface TuberStatus {
  readonly bytes: Readonly<Record<"http" | "origin" | "booster" | "viewer", number>>;
  readonly links: readonly unknown[];
}

export async function statusOf(tuber: Tuber): Promise<TuberStatus> {
  return (await fetch(`${tuber.admin}/status`)).json() as Promise<TuberStatus>;
}

/** The status once nothing moves any more: what was asked for may still be on its way when the page has enough. */
export async function settledStatus(tuber: Tuber): Promise<TuberStatus> {
  let last = await statusOf(tuber);
  return until(async () => {
    const now = await statusOf(tuber);
    const isSettled = now.bytes.origin === last.bytes.origin;
    last = now;
    return isSettled && now;
  }, "no more bytes move");
}
