import http, { type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { type LookupFunction, Socket } from "node:net";
import type { Duplex } from "node:stream";
import type { Rule } from "../exchange.ts";
import { type AppTarget, createAppTarget, MAX_HEAD_BYTES } from "./app-target.ts";
import { ClientConnections } from "./client-connections.ts";
import { answerClientErrors } from "./client-errors.ts";
import { Drain } from "./drain.ts";
import { limitStall } from "./limit-stall.ts";
import { endWith } from "./linger.ts";
import { ownPageBytes, sendOwnPage } from "./own-page.ts";
import { answerOwn, answerOwnUpgrade, type OwnAnswer, type OwnUpgrade } from "./passes/answer-own.ts";
import { checkRequest } from "./passes/check-request.ts";
import { checkUpgrade } from "./passes/check-upgrade.ts";
import { forward } from "./passes/forward.ts";
import { forwardUpgrade } from "./passes/forward-upgrade.ts";
import { ignoreOtherUpgrades } from "./passes/ignore-other-upgrades.ts";
import type { ProxyCore, ProxyFault, ProxyLog, ProxyTimeouts } from "./proxy-core.ts";
import { TrustedPeers } from "./trusted-peers.ts";
import { createFrame, type Frame, type UpgradePass } from "./upstream.ts";

/** What a proxy server is made of. */
export interface ProxyServerOptions {
  /** The app: http or https, host and port only. */
  readonly upstream: URL;
  /** Asked in this order, for the request and for the answer. */
  readonly rules?: readonly Rule[];
  /** Asked first for targets under the reserved path. */
  readonly own?: OwnAnswer;
  readonly ownUpgrade?: OwnUpgrade;
  /** Addresses and blocks whose X-Forwarded-* are believed; loopback only if listed. */
  readonly trustedProxies?: readonly string[];
  readonly timeouts?: Partial<ProxyTimeouts>;
  /** Connections to the app at once, of each kind (kept, fresh); unlimited by default, since idle streams would fill any limit. */
  readonly maxSockets?: number;
  /** Resolves the app's name; default: Node's own. */
  readonly lookup?: LookupFunction;
  readonly onFault?: (kind: ProxyFault) => void;
  readonly log?: ProxyLog;
}

/** A reverse proxy that does not listen yet. */
export interface ProxyServer {
  readonly server: Server;
  /** Stops accepting, lets answers under way end within `graceMs`, then cuts them. Resolves when no connection is left. */
  close(graceMs: number): Promise<void>;
}

const DEFAULT_TIMEOUTS: ProxyTimeouts = {
  headMs: 15_000,
  upstreamIdleMs: 120_000,
  connectMs: 10_000,
  // Far beyond what web servers grant (a minute or so): a film somebody pauses and a download held back must not end by our doing.
  clientStallMs: 600_000,
};
// Tunnels keep idle connections for up to 90 s; whoever closes first must be them, or a request is lost in between.
const KEEP_ALIVE_MS = 95_000;
const SILENT: ProxyLog = { warn() {}, debug() {} };

/** Throws one sentence if the upstream or a trusted proxy is no usable value. */
export function createProxyServer(options: ProxyServerOptions): ProxyServer {
  const timeouts = { ...DEFAULT_TIMEOUTS, ...options.timeouts };
  const app = createAppTarget(options.upstream, options);
  const server = createServer(timeouts);
  const drain = new Drain(server);
  const core = createCore(options, timeouts, app, drain);
  serve(server, core, drain, createPasses(core, server, drain, options));
  answerClientErrors(server, core);
  return {
    server,
    async close(graceMs) {
      await drain.begin(graceMs);
      app.close();
    },
  };
}

function createServer(timeouts: ProxyTimeouts): Server {
  return http.createServer({
    maxHeaderSize: MAX_HEAD_BYTES,
    headersTimeout: timeouts.headMs,
    requestTimeout: 0,
    // Our own check answers it, and counts it.
    requireHostHeader: false,
    connectionsCheckingInterval: Math.min(1_000, timeouts.headMs),
    keepAliveTimeout: KEEP_ALIVE_MS,
    keepAlive: true,
    keepAliveInitialDelay: 30_000,
    noDelay: true,
  });
}

function createCore(options: ProxyServerOptions, timeouts: ProxyTimeouts, app: AppTarget, drain: Drain): ProxyCore {
  return {
    app,
    timeouts,
    rules: options.rules ?? [],
    trusted: new TrustedPeers(options.trustedProxies ?? []),
    connections: new ClientConnections(),
    log: options.log ?? SILENT,
    onFault: options.onFault ?? (() => {}),
    isDraining: () => drain.hasBegun,
  };
}

function createPasses(core: ProxyCore, server: Server, drain: Drain, options: ProxyServerOptions): Frame {
  const noteUpgrade: UpgradePass = (_req, socket) => {
    drain.addUpgraded(socket);
    return false;
  };
  const ownUpgrade = answerOwnUpgrade(options.ownUpgrade ?? (() => false));
  return createFrame(
    [checkRequest(core), answerOwn(options.own ?? (() => false)), forward(core)],
    [checkUpgrade(core), ignoreOtherUpgrades(server), noteUpgrade, ownUpgrade, forwardUpgrade(core)],
  );
}

function serve(server: Server, core: ProxyCore, drain: Drain, frame: Frame): void {
  const onRequest = (req: IncomingMessage, res: ServerResponse) => {
    res.on("error", () => res.destroy());
    res.once("close", () => drain.afterAnswer());
    core.connections.begin(req.socket, res);
    limitStall(core, req.socket, res);
    guard(
      core,
      () => frame.web(req, res),
      () => sendOwnPage(req, res, INTERNAL, true),
    );
  };
  const onUpgrade = (req: IncomingMessage, socket: Duplex, head: Buffer) => {
    socket.on("error", () => socket.destroy());
    if (!(socket instanceof Socket)) {
      socket.destroy();
      return;
    }
    limitStall(core, socket, socket);
    guard(
      core,
      () => frame.upgrade(req, socket, head),
      () => socket.destroy(),
    );
  };
  // By default Node drops what comes after 2,000 header lines, framing included.
  server.maxHeadersCount = 0;
  server.on("request", onRequest);
  server.on("checkContinue", onRequest);
  server.on("checkExpectation", onRequest);
  server.on("upgrade", onUpgrade);
  server.on("connect", (_req, socket) => {
    socket.on("error", () => socket.destroy());
    core.onFault("request-refused");
    if (socket instanceof Socket) endWith(socket, ownPageBytes({ status: 405, text: "CONNECT is not offered." }));
  });
}

const INTERNAL = { status: 502, text: "The proxy failed on this request." };

/** A bug of ours costs one request, never the process. */
function guard(core: ProxyCore, run: () => void, giveUp: () => void): void {
  try {
    run();
  } catch (error) {
    core.onFault("internal");
    core.log.warn("the proxy failed on a request", { error: String(error) });
    giveUp();
  }
}
