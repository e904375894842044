import { constants, setPriority } from "node:os";
import { startTcpMeter, type TcpMeter, type TcpMeterOptions } from "./tcp-meter.ts";
import { startUdpRelay, type UdpRelay, type UdpRelayOptions } from "./udp-relay.ts";

// The program behind netns-helper.ts: answers calls that come over Node's message pipe, ends when the pipe closes.

export interface HelperReply {
  readonly id: number;
  readonly value?: unknown;
  readonly error?: string;
}

let meter: TcpMeter | undefined;
let relay: UdpRelay | undefined;

const CALLS = {
  /** Answers its port. */
  startMeter: async (options: TcpMeterOptions) => {
    meter = await startTcpMeter(options);
    return meter.port;
  },
  meterBytes: (_: null) => started(meter).bytes(),
  cutMeter: (_: null) => started(meter).cut(),
  /** Answers its port. */
  startRelay: async (options: UdpRelayOptions) => {
    // A line does not wait for a busy machine. Not everyone may ask for this; then the line is less even.
    ignore(() => setPriority(constants.priority.PRIORITY_HIGHEST));
    relay = await startUdpRelay(options);
    return relay.port;
  },
  relayReport: (_: null) => started(relay).takeReport(),
  blockRelay: (blocked: boolean) => started(relay).block(blocked),
  /** GET as seen from in here; answers status and text. */
  fetch: async (url: string) => {
    const response = await fetch(url);
    return { status: response.status, text: await response.text() };
  },
};

export type HelperCalls = typeof CALLS;

function ignore(step: () => void): void {
  try {
    step();
  } catch {
    return;
  }
}

function started<T>(tool: T | undefined): T {
  if (tool === undefined) throw new Error("not started");
  return tool;
}

async function answer(id: number, name: keyof HelperCalls, argument: unknown): Promise<HelperReply> {
  try {
    const call = CALLS[name] as (argument: unknown) => unknown;
    return { id, value: await call(argument) };
  } catch (fault) {
    return { id, error: String(fault) };
  }
}

process.on("message", (message: { id: number; name: keyof HelperCalls; argument: unknown }) => {
  void answer(message.id, message.name, message.argument).then((reply) => process.send?.(reply));
});
process.on("disconnect", () => process.exit(0));
