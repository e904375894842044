import { once } from "node:events";
import type { Server } from "node:http";
import type { AddressInfo, Socket } from "node:net";
import type { TestContext } from "node:test";
import { RawClient } from "./raw-client.ts";
import { type RawRequest, readRequests } from "./raw-requests.ts";
import { type RawServer, startRawServer } from "./raw-server.ts";

/** What the rig needs of a proxy. */
export interface RiggedProxy {
  readonly server: Server;
  close(graceMs: number): Promise<void>;
}

/** A proxy between a raw client and a raw app, all on loopback; ends with its test. */
export interface Rig {
  readonly port: number;
  readonly app: RawServer;
  /** What the app has read so far. */
  readonly seen: readonly RawRequest[];
  readonly proxy: RiggedProxy;
  open(text?: string): Promise<RawClient>;
  /** One request with `Connection: close`; gives all that came back. */
  ask(line: string, headers?: string, body?: string): Promise<string>;
}

/** How the app answers: called with each whole request. */
export type AppAnswer = (request: RawRequest, socket: Socket) => void;

/** `create` makes the proxy for this upstream; `onSocket` in place of an answer takes the app's connections bare. */
export async function startRig(
  t: TestContext,
  create: (upstream: URL) => RiggedProxy,
  app: { answer: AppAnswer } | { onSocket(socket: Socket): void },
): Promise<Rig> {
  const seen: RawRequest[] = [];
  const upstream = await startRawServer((socket) => {
    if ("onSocket" in app) return app.onSocket(socket);
    return readRequests(socket, "length-first", (request) => {
      seen.push(request);
      app.answer(request, socket);
    });
  });
  const proxy = create(upstream.url);
  proxy.server.listen(0, "127.0.0.1");
  await once(proxy.server, "listening");
  t.after(async () => {
    await proxy.close(0);
    await upstream.close();
  });
  const { port } = proxy.server.address() as AddressInfo;
  return {
    port,
    app: upstream,
    seen,
    proxy,
    open: (text) => RawClient.open(port, text),
    ask: async (line, headers = "", body = "") => {
      const head = `${line} HTTP/1.1\r\nHost: site.test\r\nConnection: close\r\n${headers}\r\n`;
      return (await RawClient.open(port, head + body)).whole();
    },
  };
}

/** An answer's bytes with the right Content-Length. */
export function rawAnswer(body: string, headers = "", status = "200 OK"): Buffer {
  return Buffer.from(`HTTP/1.1 ${status}\r\nContent-Length: ${body.length}\r\n${headers}\r\n${body}`, "latin1");
}
