import type { Config } from "../node/config-options.ts";
import { TuberError } from "../node/error.ts";
import type { Log } from "../node/log.ts";
import type { Metrics } from "../node/metrics.ts";
import { RtcUnavailable } from "../node/rtc.ts";
import { pickRtcHost } from "../node/rtc-pick.ts";
import type { Clock } from "../peer/clock.ts";
import { createOriginPeer, type OriginPeer } from "../proxy/origin/origin-peer.ts";
import { createSignalServer, type SignalServer } from "../proxy/signal/signal-server.ts";
import { joinedSessions } from "./joined-sessions.ts";
import type { SwarmSide } from "./swarm-side.ts";

/** The side of the proxy that viewers link to. */
export interface LinkSide {
  readonly origin: OriginPeer;
  readonly signal: SignalServer;
  /** The engine in use and the UDP port of all links. */
  readonly engine: string;
  readonly udpPort: number;
  /** Ends links and signalling and lets the process end. */
  close(): Promise<void>;
}

/** Opens the UDP port and gets ready for offers. Throws `rtc-unavailable` with what to try. */
export async function startLinkSide(
  config: Config,
  clock: Clock,
  log: Log,
  metrics: Metrics,
  swarmSide: SwarmSide | undefined,
): Promise<LinkSide> {
  const rtc = await pickRtcHost(config.rtc, {
    udpPort: config.udpPort,
    stunServers: config.stun,
    log,
  }).catch((error: unknown) => {
    if (error instanceof RtcUnavailable) throw new TuberError("rtc-unavailable", error.message, { cause: error });
    throw error;
  });
  const origin = createOriginPeer({
    rtc,
    clock,
    log,
    maxLinks: config.maxLinks,
    onFault: (kind) => metrics.fault(kind),
    onSent: (bytes) => metrics.addBytes("origin", bytes),
    ...(swarmSide && {
      swarms: swarmSide.links,
      budget: swarmSide.budget,
      peerOf: (session) => swarmSide.planner.peerOf(session),
    }),
  });
  const signal = createSignalServer({
    sessions: swarmSide ? joinedSessions(origin, swarmSide.planner) : origin,
    clock,
    onFault: (kind) => metrics.fault(kind),
    trustedProxies: config.trustedProxies,
    ...(config.publicUrl ? { publicOrigin: config.publicUrl.origin } : {}),
  });
  return {
    origin,
    signal,
    engine: rtc.kind,
    udpPort: rtc.udpPort,
    async close() {
      signal.close();
      origin.close();
      await rtc.close();
    },
  };
}
