import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import ipaddr from "ipaddr.js";
import type { Status } from "./status.ts";

export interface AdminOptions {
  /** Whether the app answers; see createUpstreamProbe. */
  readonly isUpstreamReachable: () => Promise<boolean>;
  readonly status: () => Status;
  /** Prometheus text and its content type. */
  readonly metrics: { text(): Promise<string>; readonly type: string };
}

export interface AdminServer {
  /** Not listening yet. */
  readonly server: Server;
  /** From now on `/readyz` says 503, so that nobody sends new visitors. */
  drain(): void;
  close(): Promise<void>;
}

type Answer = { readonly status: number; readonly type: string; readonly text: string };

/** The private side: `/healthz`, `/readyz`, `/status`, `/metrics`. Reads only; changes nothing. */
export function createAdminServer(options: AdminOptions): AdminServer {
  let isDraining = false;
  const server = createServer((req, res) => {
    void answer(req, options, isDraining).then(
      (found) => send(req, res, found),
      () => send(req, res, json(500, { error: "internal" })),
    );
  });
  return {
    server,
    drain: () => {
      isDraining = true;
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

/** Whether only this machine can reach an address to listen on. */
export function isLoopback(host: string): boolean {
  if (host === "localhost") return true;
  return ipaddr.isValid(host) && ipaddr.process(host).range() === "loopback";
}

async function answer(req: IncomingMessage, options: AdminOptions, isDraining: boolean): Promise<Answer> {
  // A page of another site whose name was made to point here must not read it: such a request carries that name.
  if (isLoopback(req.socket.localAddress ?? "") && !isOwnName(req.headers.host))
    return json(403, { error: "host not allowed" });
  if (req.method !== "GET" && req.method !== "HEAD") return json(405, { error: "method not allowed" });
  switch ((req.url ?? "/").replace(/\?.*$/s, "")) {
    case "/healthz":
      return json(200, { status: "ok" });
    case "/readyz":
      return readiness(options, isDraining);
    case "/status":
      return json(200, options.status());
    case "/metrics":
      return { status: 200, type: options.metrics.type, text: await options.metrics.text() };
    default:
      return json(404, { error: "not found", paths: ["/healthz", "/readyz", "/status", "/metrics"] });
  }
}

async function readiness(options: AdminOptions, isDraining: boolean): Promise<Answer> {
  if (isDraining) return json(503, { status: "draining" });
  return (await options.isUpstreamReachable())
    ? json(200, { status: "ready" })
    : json(503, { status: "upstream unreachable" });
}

function isOwnName(hostHeader: string | undefined): boolean {
  if (hostHeader === undefined) return true;
  const [, bracketed, plain] = /^(?:\[([^\]]*)\]|([^:]*))(?::\d+)?$/.exec(hostHeader) ?? [];
  return isLoopback(bracketed ?? plain ?? "");
}

function json(status: number, body: unknown): Answer {
  return { status, type: "application/json; charset=utf-8", text: `${JSON.stringify(body)}\n` };
}

function send(req: IncomingMessage, res: ServerResponse, { status, type, text }: Answer): void {
  res.writeHead(status, {
    "content-type": type,
    "content-length": Buffer.byteLength(text),
    "cache-control": "no-store",
    "x-content-type-options": "nosniff",
  });
  res.end(req.method === "HEAD" ? undefined : text);
}
