import type { PeerReport } from "../protocol/client-signal.ts";
import { ORIGIN_PEER } from "../protocol/ids.ts";
import type { ByteCounts } from "./byte-counts.ts";
import type { PlannerEvent } from "./core/planner-ports.ts";
import type { Pairs } from "./pairs.ts";
import { Reputations } from "./reputations.ts";
import { UplinkMeter } from "./uplink-meter.ts";

/** Why (part of) a report was not believed. `unpaired`: of a peer that was never to serve it. `implausible`: of more than can be. */
export type ReportFault = "report-unjoined" | "report-unpaired" | "report-implausible";

export interface ReportsPorts {
  readonly pairs: Pairs;
  readonly bytes: ByteCounts;
  readonly onFault: (fault: ReportFault) => void;
  /** News for the planner. */
  readonly onLearnt: (event: PlannerEvent) => void;
}

/** Who reports, of which swarm, and since when. */
interface Reporter {
  readonly peer: number;
  readonly network: string;
  readonly swarm: number;
  readonly periodMs: number;
}

/** No viewer takes more than this, bits a second. */
const MAX_BPS = 1_000_000_000;
/** What a first report may be about, and what clocks and timers may be off. */
const SLACK_MS = 10_000;

/** What receivers say of senders, and what becomes of it: uplinks, reputations, bytes. */
export class Reports {
  readonly uplinks = new UplinkMeter();
  readonly reputations = new Reputations();
  readonly #ports: ReportsPorts;
  /** When each receiver reported last, by `swarm/peer`. */
  readonly #lastMs = new Map<number, Map<number, number>>();

  constructor(ports: ReportsPorts) {
    this.#ports = ports;
  }

  /** `from` was to be served by those it reports about. */
  take(from: { peer: number; network: string }, swarm: number, peers: readonly PeerReport[], nowMs: number): void {
    const periodMs = this.#periodMs(from.peer, swarm, nowMs);
    const spanMs = periodMs + SLACK_MS;
    for (const report of peers) {
      const fault = this.#doubt(from.peer, report, spanMs);
      if (fault === undefined) this.#believe({ ...from, swarm, periodMs }, report, nowMs);
      else this.#ports.onFault(fault);
    }
  }

  forget(peer: number): void {
    this.uplinks.forget(peer);
    this.reputations.forget(peer);
    this.#lastMs.delete(peer);
  }

  /** How long ago the last report was; 0: this is the first. */
  #periodMs(peer: number, swarm: number, nowMs: number): number {
    const times = this.#lastMs.get(peer) ?? new Map<number, number>();
    const periodMs = nowMs - (times.get(swarm) ?? nowMs);
    this.#lastMs.set(peer, times.set(swarm, nowMs));
    return periodMs;
  }

  #doubt(from: number, { peer, bytes, busyBytes, busyMs }: PeerReport, spanMs: number): ReportFault | undefined {
    if (peer !== ORIGIN_PEER && this.#ports.pairs.of(from, peer) === undefined) return "report-unpaired";
    const mostBytes = (spanMs * MAX_BPS) / 8_000;
    return bytes > mostBytes || busyBytes > bytes || busyMs > spanMs ? "report-implausible" : undefined;
  }

  #believe(from: Reporter, report: PeerReport, nowMs: number): void {
    const { peer, bytes, busyBytes, busyMs } = report;
    const { swarm, periodMs, network } = from;
    this.#ports.bytes.add(swarm, from.peer, peer, bytes);
    if (peer === ORIGIN_PEER) return;
    if (report.rttMs !== undefined) {
      this.#ports.onLearnt({ type: "rtt", peer: from.peer, other: peer, rttMs: report.rttMs });
    }
    this.uplinks.report(peer, { peer: from.peer, swarm, network }, { bytes, periodMs, busyBytes, busyMs }, nowMs);
    // Without a link nobody can bring anything; that there is none is said otherwise.
    const missed = report.rttMs === undefined ? 0 : (report.missed ?? 0);
    this.reputations.report(peer, from.peer, network, { bytes, missed, corrupt: report.corrupt ?? 0 }, nowMs);
  }
}
