import { join } from "node:path";
import { createClock } from "../node/clock.ts";
import type { Config } from "../node/config-options.ts";
import { TuberError } from "../node/error.ts";
import type { Log } from "../node/log.ts";
import { createMetrics, type Metrics } from "../node/metrics.ts";
import type { AdminServer } from "../proxy/admin/admin-server.ts";
import { portOf } from "../proxy/core/app-target.ts";
import { reaches } from "../proxy/core/own-listener.ts";
import type { ProxyFault } from "../proxy/core/proxy-core.ts";
import { createProxyServer, type ProxyServer, type ProxyServerOptions } from "../proxy/core/proxy-server.ts";
import { createUpstreamLookup } from "../proxy/core/upstream-lookup.ts";
import { HttpBytes } from "../proxy/http-bytes.ts";
import { Contents } from "../proxy/notes/contents.ts";
import { createNoteRule } from "../proxy/notes/note-rule.ts";
import { Assets, type Mode } from "../proxy/pages/assets.ts";
import { createPageRules } from "../proxy/pages/page-rules.ts";
import { SiteMemory } from "../proxy/pages/site-memory.ts";
import { startAdmin } from "./admin.ts";
import { type LinkSide, startLinkSide } from "./link-side.ts";
import { listen } from "./listen.ts";
import { type SwarmSide, startSwarmSide } from "./swarm-side.ts";

export interface ProxyRun {
  /** Where visitors reach it. */
  readonly url: string;
  /** Drains and ends; settles within the drain time. */
  stop(): Promise<void>;
}

export interface ProxyRunOptions {
  /** uninstall-sw: inject nothing and serve the worker that removes itself. */
  readonly mode: Mode;
  readonly log: Log;
}

/** What answers visitors in one of the modes. */
type Front = Pick<ProxyServerOptions, "rules" | "own" | "ownUpgrade">;

/** Runs the whole proxy: listens, and resolves once it can be visited. */
export async function runProxy(config: Config, { mode, log }: ProxyRunOptions): Promise<ProxyRun> {
  const upstream = requireUpstream(config);
  const metrics = createMetrics();
  const contents = new Contents();
  const clock = createClock();
  const port = portOf(upstream);
  const lookup = createUpstreamLookup(clock, (address) => reaches(proxy.server, port, address));
  const isSharing = mode === "proxy" && config.sharing === "auto";
  const swarmSide = isSharing ? startSwarmSide(config, upstream, clock, log, metrics, lookup) : undefined;
  const links = mode === "proxy" ? await startLinkSide(config, clock, log, metrics, swarmSide) : undefined;
  const front = links ? workingFront(config, log, metrics, contents, links, swarmSide) : removingFront();
  const proxy = createProxyServer({ ...front, ...proxyOptions(config, log, metrics), upstream, lookup });
  const httpBytes = new HttpBytes(proxy.server);
  try {
    const { admin, url: adminUrl } = await startAdmin(config, log, {
      upstream,
      lookup,
      metrics,
      contents,
      httpBytes,
      links,
      swarmSide,
    });
    const url = await listen(proxy.server, config.listen);
    const { udpPort, engine } = links ?? {};
    log.info("ready", { url, admin: adminUrl, upstream: upstream.href, udpPort, engine, mode });
    return { url, stop: () => stop(config, proxy, admin, links, swarmSide) };
  } catch (error) {
    await swarmSide?.close();
    await links?.close();
    throw error;
  }
}

function requireUpstream(config: Config): URL {
  if (config.upstream) return config.upstream;
  throw new TuberError("config-invalid", "No site to serve; say which with --upstream, such as http://localhost:8096.");
}

function proxyOptions(config: Config, log: Log, metrics: Metrics) {
  return {
    trustedProxies: config.trustedProxies,
    timeouts: { upstreamIdleMs: config.answerTimeout },
    log,
    onFault(kind: ProxyFault) {
      metrics.fault(kind);
      if (kind.startsWith("app-")) metrics.upstreamError();
    },
  };
}

function workingFront(
  config: Config,
  log: Log,
  metrics: Metrics,
  contents: Contents,
  links: LinkSide,
  swarmSide: SwarmSide | undefined,
): Front {
  const memory = new SiteMemory(join(config.dataDir));
  const pages = createPageRules({
    memory,
    stun: config.stun,
    publicHost: config.publicUrl?.host,
    key: swarmSide?.publicKey,
    uploadRatio: config.uploadRatio,
    log,
  });
  const notes = createNoteRule({
    origin: links.origin,
    minBytes: config.minSize,
    admit: (exchange, answer, session) => swarmSide?.admit(exchange, answer, links.origin.peerOf(session)),
    judging: (exchange) => swarmSide?.judging(exchange),
    onOutcome: (outcome) => metrics.note(outcome),
    onContent: (exchange, answer, range) => contents.noted(exchange, answer, range),
  });
  return {
    rules: [notes, ...(swarmSide ? [swarmSide.rule] : []), ...pages.rules],
    own: (req, res) => links.signal.own(req, res) || pages.assets().answer(req, res),
    ownUpgrade: (req, socket, head) => links.signal.ownUpgrade(req, socket, head),
  };
}

/** Injects nothing; browsers that still have our service worker get the one that removes itself. */
function removingFront(): Front {
  const assets = new Assets({ mode: "uninstall-sw", stun: [], appHasWorker: false });
  return { own: (req, res) => assets.answer(req, res) };
}

async function stop(
  config: Config,
  proxy: ProxyServer,
  admin: AdminServer,
  links: LinkSide | undefined,
  swarmSide: SwarmSide | undefined,
): Promise<void> {
  admin.drain();
  await Promise.all([proxy.close(config.drainTime), links?.close(), swarmSide?.close()]);
  await admin.close();
}
