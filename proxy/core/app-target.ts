import http, { type ClientRequest } from "node:http";
import https from "node:https";
import { isIP, type LookupFunction, type Socket } from "node:net";

/** Request and answer heads up to this size, on both sides: sites with 20 KB of Set-Cookie exist. */
export const MAX_HEAD_BYTES = 65_536;
// Idle connections kept to the app; LIFO lets the rest age out.
const MAX_IDLE_SOCKETS = 256;
const IDLE_SOCKET_MS = 30_000;
// Finds apps whose machine vanished without a word in the middle of an answer.
const PROBE_MS = 30_000;

/** The one place requests go to. Nothing a client sends can choose another. */
export interface AppTarget {
  /** `host:port` of the app, for requests that name none. */
  readonly host: string;
  readonly isTls: boolean;
  /** `fresh` takes a connection of its own: for requests with a body, retries and upgrades. Throws on unsendable headers. */
  open(request: { method: string; target: string; headers: string[]; fresh: boolean }): ClientRequest;
  /** Closes every connection to the app but upgraded ones. */
  close(): void;
}

export interface AppTargetOptions {
  /** Limits connections to the app for each kind; more requests wait. */
  readonly maxSockets?: number | undefined;
  /** Resolves the app's name; default: Node's own. */
  readonly lookup?: LookupFunction | undefined;
}

export function createAppTarget(upstream: URL, options: AppTargetOptions = {}): AppTarget {
  if (upstream.protocol !== "http:" && upstream.protocol !== "https:") {
    throw new Error(`the upstream must be an http or https URL, not ${upstream.protocol}`);
  }
  if (upstream.pathname !== "/" || upstream.search !== "") {
    throw new Error("the upstream URL must have no path; Tuber serves the whole site of one host");
  }
  const isTls = upstream.protocol === "https:";
  const { maxSockets = Number.POSITIVE_INFINITY, lookup } = options;
  const pooled = createAgent(isTls, { keepAlive: true, scheduling: "lifo", maxSockets });
  const fresh = createAgent(isTls, { keepAlive: false, maxSockets });
  const address = addressOf(upstream);
  return {
    host: upstream.host,
    isTls,
    open(request) {
      const agent = request.fresh ? fresh : pooled;
      const { method, target, headers } = request;
      // Written out: spreading costs more than all the rest of this function.
      const { hostname, port } = address;
      const options = {
        hostname,
        port,
        lookup,
        maxHeaderSize: MAX_HEAD_BYTES,
        agent,
        method,
        path: target,
        headers,
        setHost: false,
      };
      const outgoing = isTls ? https.request({ ...options, servername: address.servername }) : http.request(options);
      outgoing.maxHeadersCount = 0;
      // Kept connections are probed by their agent.
      if (request.fresh) outgoing.setSocketKeepAlive(true, PROBE_MS);
      return outgoing;
    },
    close() {
      pooled.destroy();
      fresh.destroy();
    },
  };
}

/** The port a URL means, said or not. */
export function portOf(url: URL): number {
  if (url.port !== "") return Number(url.port);
  return url.protocol === "https:" ? 443 : 80;
}

/** `servername` is empty for addresses: TLS has no name to ask for then. */
function addressOf(upstream: URL): { hostname: string; port: number; servername: string } {
  const hostname = upstream.hostname.replace(/^\[|\]$/g, "");
  return { hostname, port: portOf(upstream), servername: isIP(hostname) ? "" : hostname };
}

function createAgent(isTls: boolean, options: http.AgentOptions): http.Agent {
  const all = { ...options, maxFreeSockets: MAX_IDLE_SOCKETS, timeout: IDLE_SOCKET_MS, noDelay: true };
  return guardIdle(isTls ? new https.Agent(all) : new http.Agent(all));
}

/** Bytes that nobody asked for on an idle connection are no answer to the next request: the connection is closed instead. */
function guardIdle(agent: http.Agent): http.Agent {
  const keep = agent.keepSocketAlive.bind(agent) as unknown as (socket: Socket) => boolean;
  const reuse = agent.reuseSocket.bind(agent) as unknown as (socket: Socket, request: ClientRequest) => void;
  const isIdle = new WeakMap<Socket, boolean>();
  return Object.assign(agent, {
    keepSocketAlive(socket: Socket): boolean {
      if (!isIdle.has(socket)) {
        socket.on("data", () => {
          if (isIdle.get(socket)) socket.destroy();
        });
      }
      isIdle.set(socket, true);
      return keep(socket);
    },
    reuseSocket(socket: Socket, request: ClientRequest): void {
      isIdle.set(socket, false);
      reuse(socket, request);
    },
  });
}
