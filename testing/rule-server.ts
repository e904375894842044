import {
  createServer,
  type IncomingMessage,
  type RequestListener,
  request,
  type Server,
  type ServerResponse,
} from "node:http";
import type { AddressInfo } from "node:net";
import { pipeline, type Readable } from "node:stream";

/** What a rule is asked about; the shapes of the proxy's own Exchange, Answer and Rule, whichever header list they use. */
interface ExchangeLike<H> {
  readonly req: IncomingMessage;
  readonly res: ServerResponse;
  readonly method: string;
  readonly target: string;
  readonly headers: H;
}
interface AnswerLike<H> {
  readonly status: number;
  readonly statusText: string;
  readonly headers: H;
  readonly body: Readable;
}
interface RuleLike<H> {
  onRequest?(exchange: ExchangeLike<H>): void;
  onAnswer?(exchange: ExchangeLike<H>, answer: AnswerLike<H>): AnswerLike<H> | "taken";
}
interface RawHeaders {
  toRaw(): string[];
  delete(...names: string[]): void;
}

export interface RuleServerOptions<H extends RawHeaders> {
  readonly app: RequestListener;
  readonly rules: readonly RuleLike<H>[];
  /** Builds the header list the rules expect. */
  readonly fromRaw: (raw: readonly string[]) => H;
}

export interface RuleServer {
  readonly origin: string;
  close(): Promise<void>;
}

/** The least proxy that can run rules in front of an app: loopback, no keep-alive, none of a real proxy's care. */
export async function startRuleServer<H extends RawHeaders>(options: RuleServerOptions<H>): Promise<RuleServer> {
  const app = await listen(createServer(options.app));
  const proxy = await listen(createServer((req, res) => forward(req, res, portOf(app), options)));
  return {
    origin: `http://127.0.0.1:${portOf(proxy)}`,
    close: async () => void (await Promise.all([stop(proxy), stop(app)])),
  };
}

function forward<H extends RawHeaders>(
  req: IncomingMessage,
  res: ServerResponse,
  port: number,
  { rules, fromRaw }: RuleServerOptions<H>,
): void {
  const headers = fromRaw(req.rawHeaders);
  headers.delete("connection");
  const exchange = { req, res, method: req.method ?? "GET", target: req.url ?? "/", headers };
  for (const rule of rules) rule.onRequest?.(exchange);
  const up = request({ port, method: exchange.method, path: exchange.target, agent: false });
  for (let raw = headers.toRaw(); raw.length > 0; raw = raw.slice(2)) up.appendHeader(raw[0] ?? "", raw[1] ?? "");
  up.on("error", () => res.destroy());
  res.on("close", () => up.destroy());
  up.on("response", (incoming) => answer(rules, exchange, incoming, fromRaw));
  req.pipe(up);
}

function answer<H extends RawHeaders>(
  rules: readonly RuleLike<H>[],
  exchange: ExchangeLike<H>,
  incoming: IncomingMessage,
  fromRaw: (raw: readonly string[]) => H,
): void {
  const headers = fromRaw(incoming.rawHeaders);
  headers.delete("connection", "transfer-encoding", "keep-alive");
  const status = incoming.statusCode ?? 502;
  let passed: AnswerLike<H> = { status, statusText: incoming.statusMessage ?? "", headers, body: incoming };
  for (const rule of rules) {
    const next = rule.onAnswer?.(exchange, passed) ?? passed;
    if (next === "taken") return;
    passed = next;
  }
  exchange.res.writeHead(passed.status, passed.statusText, passed.headers.toRaw());
  exchange.res.write(Buffer.alloc(0));
  pipeline(passed.body, exchange.res, () => {});
}

function listen(server: Server): Promise<Server> {
  return new Promise((resolve) => server.listen(0, "127.0.0.1", () => resolve(server)));
}

function portOf(server: Server): number {
  return (server.address() as AddressInfo).port;
}

function stop(server: Server): Promise<void> {
  server.closeAllConnections();
  return new Promise((resolve) => server.close(() => resolve()));
}
