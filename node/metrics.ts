import { Counter, collectDefaultMetrics, Gauge, Registry } from "prom-client";
import { LabelledCounter } from "./labelled-counter.ts";

/** Ways by which bytes reach a viewer. */
export const BYTE_PATHS = ["http", "origin", "booster", "viewer"] as const;
export type BytePath = (typeof BYTE_PATHS)[number];

/** Counters read back, for the status page. */
export interface Totals {
  readonly bytes: Readonly<Record<BytePath, number>>;
  readonly links: number;
  readonly notes: Readonly<Record<string, number>>;
  readonly faults: Readonly<Record<string, number>>;
  readonly segments: Readonly<Record<string, number>>;
  readonly demand: Readonly<Record<string, number>>;
  readonly upstreamErrors: number;
}

/** What the program counts. Names of kinds and outcomes are kebab-case and few; anything else counts as "other". */
export interface Metrics {
  /** Body bytes delivered to viewers by this path. */
  addBytes(path: BytePath, bytes: number): void;
  /** Something a stranger or the app did wrong and we survived. */
  fault(kind: string): void;
  /** What became of a request that would have taken a delivery note. */
  note(outcome: string): void;
  /** A live segment was looked at, and this became of it. */
  segment(outcome: string): void;
  /** An on-demand content (a file, or a segment of a recording) was looked at, and this became of it. */
  demand(outcome: string): void;
  upstreamError(): void;
  /** Links open now. */
  setLinks(count: number): void;
  totals(): Totals;
  /** Prometheus text format. */
  text(): Promise<string>;
}

export interface MetricsOptions {
  /** Also memory, CPU and event loop of the process; default true, once per process is enough. */
  readonly processMetrics?: boolean;
}

/** Content type of `Metrics.text()`. */
export const METRICS_TYPE = "text/plain; version=0.0.4; charset=utf-8";

/** Metrics with a registry of their own, so that two programs in one process do not mix. */
export function createMetrics(options: MetricsOptions = {}): Metrics {
  const registry = new Registry();
  if (options.processMetrics ?? true) collectDefaultMetrics({ register: registry });
  const counters = createCounters(registry);
  const links = createLinks(registry);
  const upstreamErrors = createUpstreamErrors(registry);
  for (const path of BYTE_PATHS) counters.bytes.add(path, 0);
  return {
    addBytes: (path, bytes) => counters.bytes.add(path, bytes),
    fault: (kind) => counters.faults.add(kind),
    note: (outcome) => counters.notes.add(outcome),
    segment: (outcome) => counters.segments.add(outcome),
    demand: (outcome) => counters.demand.add(outcome),
    upstreamError: upstreamErrors.add,
    setLinks: links.set,
    totals: () => ({ ...readCounters(counters), links: links.get(), upstreamErrors: upstreamErrors.get() }),
    text: () => registry.metrics(),
  };
}

type Counters = ReturnType<typeof createCounters>;

function createCounters(registry: Registry) {
  const counter = (name: string, label: string, help: string) => new LabelledCounter(registry, { name, label, help });
  return {
    bytes: counter("tuber_bytes_total", "path", "Body bytes delivered to viewers, by the way they went."),
    notes: counter(
      "tuber_notes_total",
      "outcome",
      "Requests that would have taken a delivery note, by what became of them.",
    ),
    faults: counter("tuber_faults_total", "kind", "Bad input and broken promises survived, by kind."),
    segments: counter(
      "tuber_live_segments_total",
      "outcome",
      "Segments of live streams looked at: shared, the same as before, or why they are not.",
    ),
    demand: counter(
      "tuber_demand_contents_total",
      "outcome",
      "Files and segments of recordings looked at: shared, or why they are not.",
    ),
  };
}

function readCounters(counters: Counters): Omit<Totals, "links" | "upstreamErrors"> {
  const { bytes } = counters;
  return {
    bytes: {
      http: bytes.get("http"),
      origin: bytes.get("origin"),
      booster: bytes.get("booster"),
      viewer: bytes.get("viewer"),
    },
    notes: counters.notes.all(),
    faults: counters.faults.all(),
    segments: counters.segments.all(),
    demand: counters.demand.all(),
  };
}

function createLinks(registry: Registry) {
  let count = 0;
  const gauge = new Gauge({ name: "tuber_links", help: "Links open now.", registers: [registry] });
  return {
    get: () => count,
    set(next: number): void {
      count = next;
      gauge.set(next);
    },
  };
}

function createUpstreamErrors(registry: Registry) {
  let count = 0;
  const counter = new Counter({
    name: "tuber_upstream_errors_total",
    help: "Requests the upstream did not answer, or not to the end.",
    registers: [registry],
  });
  return {
    get: () => count,
    add(): void {
      count += 1;
      counter.inc();
    },
  };
}
