import type { LookupFunction } from "node:net";
import { createClock } from "../node/clock.ts";
import type { Config } from "../node/config-options.ts";
import type { Log } from "../node/log.ts";
import { METRICS_TYPE, type Metrics } from "../node/metrics.ts";
import { type AdminServer, createAdminServer, isLoopback } from "../proxy/admin/admin-server.ts";
import { createUpstreamProbe } from "../proxy/admin/upstream-probe.ts";
import type { HttpBytes } from "../proxy/http-bytes.ts";
import type { Contents } from "../proxy/notes/contents.ts";
import type { LinkSide } from "./link-side.ts";
import { listen } from "./listen.ts";
import type { SwarmSide } from "./swarm-side.ts";
import { version } from "./version.ts";

/** What the private side reports on. */
export interface Reported {
  readonly upstream: URL;
  /** Resolves the upstream's name. */
  readonly lookup: LookupFunction;
  readonly metrics: Metrics;
  readonly contents: Contents;
  readonly httpBytes: HttpBytes;
  readonly links: LinkSide | undefined;
  readonly swarmSide: SwarmSide | undefined;
}

/** Starts the private side; answers it and its URL. Rejects if the address cannot be had. */
export async function startAdmin(
  config: Config,
  log: Log,
  reported: Reported,
): Promise<{ admin: AdminServer; url: string }> {
  const clock = createClock();
  const startedMs = clock.nowMs();
  const { metrics, links, upstream, lookup, contents, swarmSide } = reported;
  if (!isLoopback(config.admin.host)) {
    log.warn("the admin listener can be reached from other machines, keep it behind a firewall", {
      host: config.admin.host,
    });
  }
  const admin = createAdminServer({
    isUpstreamReachable: createUpstreamProbe(upstream, clock, lookup),
    status: () => ({
      bytes: bytesOf(reported),
      links: links?.origin.links() ?? [],
      contents: contents.list(),
      swarms: swarmSide?.status() ?? [],
      serve: swarmSide && config.serve,
      upstream: upstream.href,
      uptimeMs: Math.round(clock.nowMs() - startedMs),
      version: version(),
      engine: links?.engine,
      udpPort: links?.udpPort,
      segments: metrics.totals().segments,
      demand: metrics.totals().demand,
      notes: metrics.totals().notes,
      faults: metrics.totals().faults,
    }),
    metrics: {
      type: METRICS_TYPE,
      text() {
        bytesOf(reported);
        metrics.setLinks(openLinks(links));
        return metrics.text();
      },
    },
  });
  return { admin, url: await listen(admin.server, config.admin) };
}

/** HTTP is counted at its sockets, viewers by the planner; the counters are brought up to that whenever somebody looks. */
function bytesOf({ metrics, httpBytes, swarmSide }: Reported) {
  metrics.addBytes("http", httpBytes.total() - metrics.totals().bytes.http);
  metrics.addBytes("viewer", (swarmSide?.planner.viewerBytes() ?? 0) - metrics.totals().bytes.viewer);
  return metrics.totals().bytes;
}

function openLinks(links: LinkSide | undefined): number {
  return (links?.origin.links() ?? []).filter((link) => link.state === "open").length;
}
