import { createSocket, type Socket } from "node:dgram";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { Arrivals } from "./udp-relay-arrivals.ts";
import { LineQueue, type LineReport, type LineShape } from "./udp-relay-queue.ts";

export interface UdpRelayOptions {
  readonly listenHost: string;
  /** 0 takes a free one. */
  readonly listenPort: number;
  readonly targetHost: string;
  readonly targetPort: number;
  /** Shared by all clients. */
  readonly toTarget: LineShape;
  readonly fromTarget: LineShape;
}

export interface UdpRelayReport {
  readonly toTarget: LineReport;
  readonly fromTarget: LineReport;
  /** UDP payload bytes from the target to each client (`host:port`) since the start. */
  readonly clients: Readonly<Record<string, number>>;
  /** Packets the kernel threw away because the relay was too slow to take them; a measurement wants 0. */
  readonly missed: number;
}

/** A shaped line in front of one UDP port. Each client gets a port of its own towards the target, as behind a NAT. */
export interface UdpRelay {
  readonly port: number;
  /** Lines since the last report. */
  takeReport(): UdpRelayReport;
  /** While true every packet is dropped, both ways and uncounted, as by a firewall. */
  block(blocked: boolean): void;
  close(): void;
}

/** The kernel's own receive buffer must not be the bottleneck; it grants what net.core.rmem_max allows. */
const KERNEL_BUFFER_BYTES = 4_194_304;

export async function startUdpRelay(options: UdpRelayOptions): Promise<UdpRelay> {
  const front = await bind(options.listenHost, options.listenPort);
  const uplinks = new Map<string, Socket>();
  const clients: Record<string, number> = {};
  const toTarget = new LineQueue(options.toTarget);
  const fromTarget = new LineQueue(options.fromTarget);
  const outbound = new Pump(options.toTarget);
  const inbound = new Pump(options.fromTarget);
  const replies = new Arrivals();
  const requests = new Arrivals();
  let blocked = false;

  function uplinkOf(host: string, port: number): Socket {
    const key = `${host}:${port}`;
    const known = uplinks.get(key);
    if (known) return known;
    const uplink = createSocket({ type: "udp4", recvBufferSize: KERNEL_BUFFER_BYTES });
    uplink.on("error", () => undefined);
    uplink.on("message", (bytes) => {
      if (blocked) return;
      replies.add((arrivedMs) => {
        const dueMs = fromTarget.offer(bytes.length, arrivedMs);
        if (dueMs === undefined) return;
        clients[key] = (clients[key] ?? 0) + bytes.length;
        inbound.add({ dueMs, bytes: bytes.length, send: () => front.send(bytes, port, host) });
      });
    });
    uplink.bind();
    uplinks.set(key, uplink);
    return uplink;
  }

  front.on("message", (bytes, from) => {
    if (blocked) return;
    requests.add((arrivedMs) => {
      const dueMs = toTarget.offer(bytes.length, arrivedMs);
      if (dueMs === undefined) return;
      const uplink = uplinkOf(from.address, from.port);
      const send = (): void => uplink.send(bytes, options.targetPort, options.targetHost);
      outbound.add({ dueMs, bytes: bytes.length, send });
    });
  });

  return {
    port: front.address().port,
    takeReport: () => ({
      toTarget: toTarget.takeReport(),
      fromTarget: fromTarget.takeReport(),
      clients: { ...clients },
      missed: missedPackets([front, ...uplinks.values()]),
    }),
    block: (value) => {
      blocked = value;
    },
    close: () => {
      requests.stop();
      replies.stop();
      outbound.stop();
      inbound.stop();
      for (const socket of [front, ...uplinks.values()]) socket.close();
    },
  };
}

/** Node's timers are a millisecond coarse: packets leave up to half of one early or late, in batches. */
const EARLY_MS = 0.5;
/** A batch may hold what the line carries in this time. */
const BATCH_MS = 1;
/**
 * After a timer that woke late the backlog leaves at this multiple of the line's rate, not at once: no line does that, and a
 * browser's socket holds only some 56 packets.
 */
const CATCH_UP = 1.5;

interface Packet {
  readonly dueMs: number;
  readonly bytes: number;
  readonly send: () => void;
}

/** Sends packets when they are due. */
class Pump {
  readonly #bytesPerMs: number;
  #waiting: Packet[] = [];
  #timer: NodeJS.Timeout | undefined;
  /** Before this the next packet must not leave. */
  #freeMs = 0;

  constructor(shape: LineShape) {
    this.#bytesPerMs = (shape.rateBps / 8_000) * CATCH_UP;
  }

  add(packet: Packet): void {
    this.#waiting.push(packet);
    if (!this.#timer) this.#run();
  }

  stop(): void {
    clearTimeout(this.#timer);
    this.#waiting = [];
  }

  #run(): void {
    const nowMs = performance.now();
    const later = this.#waiting.findIndex((packet) => !this.#sendNow(packet, nowMs));
    this.#waiting.splice(0, later < 0 ? this.#waiting.length : later);
    const next = this.#waiting[0];
    this.#timer = next && setTimeout(() => this.#run(), Math.max(next.dueMs, this.#freeMs) - EARLY_MS - nowMs);
  }

  #sendNow(packet: Packet, nowMs: number): boolean {
    if (Math.max(packet.dueMs, this.#freeMs) > nowMs + EARLY_MS) return false;
    packet.send();
    this.#freeMs = Math.max(this.#freeMs, nowMs - BATCH_MS) + packet.bytes / this.#bytesPerMs;
    return true;
  }
}

async function bind(host: string, port: number): Promise<Socket> {
  const socket = createSocket({ type: "udp4", recvBufferSize: KERNEL_BUFFER_BYTES });
  socket.on("error", () => undefined);
  socket.bind(port, host);
  await once(socket, "listening");
  return socket;
}

/** The `drops` column of the kernel's table, for these sockets' ports. */
function missedPackets(sockets: readonly Socket[]): number {
  const ports = new Set(sockets.map((socket) => socket.address().port));
  let missed = 0;
  for (const line of readFileSync("/proc/self/net/udp", "utf8").trim().split("\n").slice(1)) {
    const columns = line.trim().split(/\s+/);
    const port = Number.parseInt(columns[1]?.split(":")[1] ?? "", 16);
    if (ports.has(port)) missed += Number(columns.at(-1));
  }
  return missed;
}
