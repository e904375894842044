import http, { type ClientRequest, type RequestOptions } from "node:http";
import https from "node:https";
import { isIP, type Socket } from "node:net";

/** Request and answer heads up to this size, on both sides: sites with 20 KB of Set-Cookie exist. */
export const MAX_HEAD_BYTES = 65_536;
// Idle connections kept to the app; LIFO lets the rest age out.
const MAX_IDLE_SOCKETS = 256;
const IDLE_SOCKET_MS = 30_000;

/** The one place requests go to. Nothing a client sends can choose another. */
export interface AppTarget {
  /** `host:port` of the app, for requests that name none. */
  readonly host: string;
  readonly isTls: boolean;
  /** `fresh` takes a connection of its own: for requests with a body, retries and upgrades. Throws on unsendable headers. */
  open(request: { method: string; target: string; headers: readonly string[]; fresh: boolean }): ClientRequest;
  /** Closes every connection to the app but upgraded ones. */
  close(): void;
}

/** `maxSockets` limits connections to the app for each kind; more requests wait. */
export function createAppTarget(upstream: URL, maxSockets = Number.POSITIVE_INFINITY): AppTarget {
  if (upstream.protocol !== "http:" && upstream.protocol !== "https:") {
    throw new Error(`the upstream must be an http or https URL, not ${upstream.protocol}`);
  }
  if (upstream.pathname !== "/" || upstream.search !== "") {
    throw new Error("the upstream URL must have no path; Tuber serves the whole site of one host");
  }
  const isTls = upstream.protocol === "https:";
  const pooled = createAgent(isTls, { keepAlive: true, scheduling: "lifo", maxSockets });
  const fresh = createAgent(isTls, { keepAlive: false, maxSockets });
  const address = connectOptions(upstream, isTls);
  return {
    host: upstream.host,
    isTls,
    open(request) {
      const agent = request.fresh ? fresh : pooled;
      const { method, target, headers } = request;
      const options = { ...address, agent, method, path: target, headers: [...headers], setHost: false };
      const outgoing = isTls ? https.request(options) : http.request(options);
      outgoing.maxHeadersCount = 0;
      return outgoing;
    },
    close() {
      pooled.destroy();
      fresh.destroy();
    },
  };
}

function connectOptions(upstream: URL, isTls: boolean): RequestOptions & { servername?: string } {
  const hostname = upstream.hostname.replace(/^\[|\]$/g, "");
  const port = upstream.port === "" ? (isTls ? 443 : 80) : Number(upstream.port);
  const base = { hostname, port, maxHeaderSize: MAX_HEAD_BYTES };
  return isTls ? { ...base, servername: isIP(hostname) ? "" : hostname } : base;
}

function createAgent(isTls: boolean, options: http.AgentOptions): http.Agent {
  const all = { ...options, maxFreeSockets: MAX_IDLE_SOCKETS, timeout: IDLE_SOCKET_MS, noDelay: true };
  return guardIdle(isTls ? new https.Agent(all) : new http.Agent(all));
}

/** Bytes that nobody asked for on an idle connection would be taken for the answer to the next request: close it instead. */
function guardIdle(agent: http.Agent): http.Agent {
  const keep = agent.keepSocketAlive.bind(agent) as unknown as (socket: Socket) => boolean;
  const reuse = agent.reuseSocket.bind(agent) as unknown as (socket: Socket, request: ClientRequest) => void;
  const guards = new WeakMap<Socket, () => void>();
  return Object.assign(agent, {
    keepSocketAlive(socket: Socket): boolean {
      const guard = () => socket.destroy();
      guards.set(socket, guard);
      socket.on("data", guard);
      return keep(socket);
    },
    reuseSocket(socket: Socket, request: ClientRequest): void {
      const guard = guards.get(socket);
      if (guard) socket.off("data", guard);
      reuse(socket, request);
    },
  });
}
