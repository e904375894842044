import { join } from "node:path";
import type { Config } from "../node/config-options.ts";
import { TuberError } from "../node/error.ts";
import type { Log } from "../node/log.ts";
import { createMetrics, type Metrics } from "../node/metrics.ts";
import { Assets, type Mode } from "../proxy/assets.ts";
import { Contents } from "../proxy/contents.ts";
import { HttpBytes } from "../proxy/http-bytes.ts";
import { createNoteRule } from "../proxy/note-rule.ts";
import { createPageRules } from "../proxy/page-rules.ts";
import { createProxyServer, type ProxyServer, type ProxyServerOptions } from "../proxy/proxy-server.ts";
import { SiteMemory } from "../proxy/site-memory.ts";
import { type LinkSide, startLinkSide } from "./link-side.ts";
import { listen } from "./listen.ts";

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
  const metrics = createMetrics();
  const contents = new Contents();
  const links = mode === "proxy" ? await startLinkSide(config, log, metrics) : undefined;
  const front = links ? workingFront(config, log, metrics, contents, links) : removingFront();
  const proxy = createServer(config, log, metrics, front);
  const httpBytes = new HttpBytes(proxy.server);
  try {
    const url = await listen(proxy.server, config.listen);
    log.info("ready", { url, upstream: config.upstream?.href, udpPort: links?.udpPort, engine: links?.engine, mode });
    return { url, stop: () => stop(config, proxy, links) };
  } catch (error) {
    await links?.close();
    throw error;
  }
}

function createServer(config: Config, log: Log, metrics: Metrics, front: Front): ProxyServer {
  if (config.upstream === undefined)
    throw new TuberError("config-invalid", "No site to serve; say which with --upstream.");
  return createProxyServer({
    ...front,
    upstream: config.upstream,
    trustedProxies: config.trustedProxies,
    timeouts: { upstreamIdleMs: config.answerTimeout },
    log,
    onFault(kind) {
      metrics.fault(kind);
      if (kind.startsWith("app-")) metrics.upstreamError();
    },
  });
}

function workingFront(config: Config, log: Log, metrics: Metrics, contents: Contents, links: LinkSide): Front {
  const memory = new SiteMemory(join(config.dataDir));
  const pages = createPageRules({ memory, stun: config.stun, log });
  const notes = createNoteRule({
    origin: links.origin,
    minBytes: config.minSize,
    onOutcome: (outcome) => metrics.note(outcome),
    onContent: (exchange, answer, range) => contents.noted(exchange, answer, range),
  });
  return {
    rules: [notes, ...pages.rules],
    own: (req, res) => links.signal.own(req, res) || pages.assets().answer(req, res),
    ownUpgrade: (req, socket, head) => links.signal.ownUpgrade(req, socket, head),
  };
}

/** Injects nothing; browsers that still have our service worker get the one that removes itself. */
function removingFront(): Front {
  const assets = new Assets({ mode: "uninstall-sw", stun: [], appHasWorker: false });
  return { own: (req, res) => assets.answer(req, res) };
}

async function stop(config: Config, proxy: ProxyServer, links: LinkSide | undefined): Promise<void> {
  await Promise.all([proxy.close(config.drainTime), links?.close()]);
}
