import { randomInt } from "node:crypto";
import type { LookupFunction } from "node:net";
import type { Config } from "../node/config-options.ts";
import type { Log } from "../node/log.ts";
import type { Metrics } from "../node/metrics.ts";
import type { Clock } from "../peer/clock.ts";
import { SharedUploadBudget, type UploadBudget } from "../peer/upload-budget.ts";
import { createPlanner } from "../planner/core/planner.ts";
import { VisitorLog } from "../planner/memory/visitor-log.ts";
import { createPlannerServer, type PlannerServer } from "../planner/planner-server.ts";
import type { NoteSwarm } from "../protocol/note.ts";
import { type AppTarget, createAppTarget } from "../proxy/core/app-target.ts";
import { Demand } from "../proxy/demand/demand.ts";
import { DemandSwarms } from "../proxy/demand/demand-swarms.ts";
import type { Exchange, Rule } from "../proxy/exchange.ts";
import { fetchSegment } from "../proxy/live/fetch-segment.ts";
import { Follower } from "../proxy/live/follower.ts";
import { createPlaylistRule } from "../proxy/live/playlist-rule.ts";
import type { AnswerHead } from "../proxy/live/segment-refusal.ts";
import { siteOf } from "../proxy/live/site.ts";
import { loadOriginKey } from "../proxy/swarm/origin-key.ts";
import { OriginSwarms } from "../proxy/swarm/origin-swarms.ts";
import { SwarmLinks } from "../proxy/swarm/swarm-links.ts";

/** The side of the proxy that lets viewers serve each other. */
export interface SwarmSide {
  /** What viewers check the origin's word by. */
  readonly publicKey: string;
  readonly planner: PlannerServer;
  /** The origin's swarms as links to viewers reach them. */
  readonly links: SwarmLinks;
  /** What pieces may take of the operator's uplink, where that is known. */
  readonly budget: UploadBudget | undefined;
  /** Reads along with the playlists that pass. */
  readonly rule: Rule;
  /** The swarm of the content that the app has just given this viewer, and a ticket for it; `peer` undefined: it has no link. */
  admit(exchange: Exchange, answer: AnswerHead, peer: number | undefined): NoteSwarm | undefined;
  /** Settles when it is soon known whether there is a swarm for it; undefined if nothing is being learnt. */
  judging(exchange: Exchange): Promise<void> | undefined;
  /** What `/status` says of it. */
  status(): readonly unknown[];
  /** Settles when what must outlive the process is kept. */
  close(): Promise<void>;
}

/** Nobody measures it (what viewers get by notes tells little of it); the planner's own assumption. */
const ASSUMED_UPLINK_BPS = 20_000_000;

/** Nothing of it runs before the first viewer of something that may be shared. */
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
  const links = new SwarmLinks({ key, clock, wallMs: originMs, onFault });
  const visitors = new VisitorLog({ directory: config.dataDir, clock, originMs, log, onFault });
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
    onOriginPart: ({ swarm, ...part }) => links.assign(swarm, part),
    onFault,
    memory: visitors.memory,
  });
  const options = {
    links,
    key,
    clock,
    wallMs: originMs,
    keepBytes: config.liveMemory,
    onFault,
    onRate: (swarm: number, rateBps: number) => planner.setRate(swarm, rateBps),
  };
  const live = new OriginSwarms(options);
  const demanded = new DemandSwarms(options);
  const app = createAppTarget(upstream, { lookup });
  const follower = follow(config, app, clock, log, metrics, live);
  const demand = new Demand({
    app,
    clock,
    privatePaths: config.privatePaths,
    swarms: demanded,
    isLive: (site, target) => follower.follows(site, target),
    onOutcome: (outcome) => metrics.demand(outcome),
    onError: (error) => report(log, metrics, error),
  });
  return {
    publicKey: key.publicKey,
    planner,
    links,
    budget: config.uplink === undefined ? undefined : new SharedUploadBudget(clock, config.uplink),
    rule: createPlaylistRule((seen) =>
      guarded(log, metrics, () => {
        follower.onPlaylist(seen);
        demand.onPlaylist(seen);
      }),
    ),
    admit(exchange, answer, peer) {
      const site = siteOf(exchange);
      const { target } = exchange;
      const isWhole = answer.status === 200 && peer !== undefined;
      const stream = isWhole ? follower.confirm(site, target, answer.headers) : undefined;
      return stream === undefined ? demand.admit(site, target, answer, peer) : live.admit(stream, peer ?? 0);
    },
    judging: (exchange) => demand.judging(siteOf(exchange), exchange.target),
    status() {
      const members = new Map(planner.swarms().map((swarm) => [swarm.swarm, swarm.members]));
      const withMembers = <Swarm extends { id: number }>(swarm: Swarm) => ({
        ...swarm,
        members: members.get(swarm.id) ?? [],
      });
      return [...live.status(), ...demanded.status()].map(withMembers);
    },
    close() {
      follower.close();
      live.close();
      demanded.close();
      app.close();
      planner.close();
      return visitors.close();
    },
  };
}

function follow(config: Config, app: AppTarget, clock: Clock, log: Log, metrics: Metrics, swarms: OriginSwarms) {
  const onError = (error: unknown) => report(log, metrics, error);
  return new Follower({
    clock,
    wallMs: () => Date.now(),
    privatePaths: config.privatePaths,
    fetch: (site, target) => fetchSegment(app, clock, site, target),
    onShared: (stream, segment, copy) => void swarms.share(stream, { ...segment, ...copy }).catch(onError),
    onEnd: (stream) => swarms.end(stream),
    onOutcome: (outcome) => metrics.segment(outcome),
    onError,
  });
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
  log.warn("a content could not be shared", { error: String(error) });
}

/** In [0, 1): viewers' numbers are drawn by it, which nobody should guess. */
function unguessable(): number {
  return randomInt(2 ** 47) / 2 ** 47;
}
