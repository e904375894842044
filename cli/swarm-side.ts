import { randomInt } from "node:crypto";
import type { LookupFunction } from "node:net";
import type { Config } from "../node/config-options.ts";
import type { Log } from "../node/log.ts";
import type { Metrics } from "../node/metrics.ts";
import type { Clock } from "../peer/clock.ts";
import { SharedUploadBudget, type UploadBudget } from "../peer/upload-budget.ts";
import { createPlanner } from "../planner/core/planner.ts";
import { createPlannerServer, type PlannerServer } from "../planner/planner-server.ts";
import { type AppTarget, createAppTarget } from "../proxy/core/app-target.ts";
import type { Exchange, Rule } from "../proxy/exchange.ts";
import type { HeaderList } from "../proxy/header-list.ts";
import { fetchSegment } from "../proxy/live/fetch-segment.ts";
import { Follower } from "../proxy/live/follower.ts";
import { createPlaylistRule } from "../proxy/live/playlist-rule.ts";
import { siteOf } from "../proxy/live/site.ts";
import { loadOriginKey } from "../proxy/swarm/origin-key.ts";
import { OriginSwarms } from "../proxy/swarm/origin-swarms.ts";

/** The side of the proxy that lets viewers serve each other. */
export interface SwarmSide {
  /** What viewers check the origin's word by. */
  readonly publicKey: string;
  readonly planner: PlannerServer;
  readonly swarms: OriginSwarms;
  /** What pieces may take of the operator's uplink, where that is known. */
  readonly budget: UploadBudget | undefined;
  /** Reads along with the playlists that pass. */
  readonly rule: Rule;
  /** The swarm of the content that the app has just given this viewer, and a ticket for it. */
  admit(
    exchange: Exchange,
    headers: HeaderList,
    peer: number,
  ): { readonly id: number; readonly ticket: string } | undefined;
  /** What `/status` says of it. */
  status(): readonly unknown[];
  close(): void;
}

/** Until viewers have measured it; the planner's own assumption. */
const ASSUMED_UPLINK_BPS = 20_000_000;

/** Nothing of it runs before the first viewer of a live stream. */
export function startSwarmSide(
  config: Config,
  upstream: URL,
  clock: Clock,
  log: Log,
  metrics: Metrics,
  lookup?: LookupFunction,
): SwarmSide {
  const key = loadOriginKey(config.dataDir, log);
  const startMs = Date.now() - clock.nowMs();
  // Never turned back, unlike the system's: tickets and manifests are compared by it.
  const originMs = () => startMs + clock.nowMs();
  const onFault = (kind: string) => metrics.fault(kind);
  const planner = createPlannerServer({
    planner: createPlanner({
      random: Math.random,
      minViewers: config.minViewers,
      uploadRatio: config.uploadRatio,
      serve: config.serve,
      originUplinkBps: config.uplink ?? ASSUMED_UPLINK_BPS,
    }),
    clock,
    random: unguessable,
    originMs,
    verifyTicket: async (bytes, signature) => key.verify(bytes, signature),
    onOriginPart: ({ swarm, ...part }) => swarms.assign(swarm, part),
    onFault,
  });
  const swarms = new OriginSwarms({
    key,
    clock,
    wallMs: originMs,
    keepBytes: config.liveMemory,
    onFault,
    onRate: (swarm, rateBps) => planner.setRate(swarm, rateBps),
  });
  const app = createAppTarget(upstream, { lookup });
  const { follower, close } = follow(config, app, clock, log, metrics, swarms);
  return {
    publicKey: key.publicKey,
    planner,
    swarms,
    budget: config.uplink === undefined ? undefined : new SharedUploadBudget(clock, config.uplink),
    rule: createPlaylistRule((seen) => guarded(log, metrics, () => follower.onPlaylist(seen))),
    admit(exchange, headers, peer) {
      const stream = follower.confirm(siteOf(exchange), exchange.target, headers);
      return stream && swarms.admit(stream, peer);
    },
    status() {
      const members = new Map(planner.swarms().map((swarm) => [swarm.swarm, swarm.members]));
      return swarms.status().map((swarm) => ({ ...swarm, members: members.get(swarm.id) ?? [] }));
    },
    close() {
      close();
      swarms.close();
      planner.close();
    },
  };
}

function follow(config: Config, app: AppTarget, clock: Clock, log: Log, metrics: Metrics, swarms: OriginSwarms) {
  const onError = (error: unknown) => report(log, metrics, error);
  const follower = new Follower({
    clock,
    wallMs: () => Date.now(),
    privatePaths: config.privatePaths,
    fetch: (site, target) => fetchSegment(app, clock, site, target),
    onShared: (stream, segment, copy) => void swarms.share(stream, { ...segment, ...copy }).catch(onError),
    onEnd: (stream) => swarms.end(stream),
    onOutcome: (outcome) => metrics.segment(outcome),
    onError,
  });
  return {
    follower,
    close() {
      follower.close();
      app.close();
    },
  };
}

/** It runs beside the exchange, where nobody else would catch it. */
function guarded(log: Log, metrics: Metrics, run: () => void): void {
  try {
    run();
  } catch (error) {
    report(log, metrics, error);
  }
}

function report(log: Log, metrics: Metrics, error: unknown): void {
  metrics.fault("live");
  log.warn("a live stream could not be followed", { error: String(error) });
}

/** In [0, 1): viewers' numbers are drawn by it, which nobody should guess. */
function unguessable(): number {
  return randomInt(2 ** 47) / 2 ** 47;
}
