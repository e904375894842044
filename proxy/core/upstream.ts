import type { IncomingMessage, ServerResponse } from "node:http";
import type { Socket } from "node:net";
import type { Duplex } from "node:stream";
import HttpProxy from "http-proxy";

/** One step for a request; true says it is dealt with. */
export type WebPass = (req: IncomingMessage, res: ServerResponse) => boolean;
/** One step for an upgrade; `head` is what came right behind the request. */
export type UpgradePass = (req: IncomingMessage, socket: Socket, options: unknown, head: Buffer) => boolean;

/** Runs requests and upgrades through their passes. */
export interface Frame {
  web(req: IncomingMessage, res: ServerResponse): void;
  upgrade(req: IncomingMessage, socket: Duplex, head: Buffer): void;
}

/**
 * http-proxy with every pass of its own replaced: its stock ones lose framing (CVE-2026-29057), crash on a reset and
 * forget to abort. See docs/decisions/0002-http-proxy-is-only-the-frame.md.
 */
export function createFrame(webPasses: readonly WebPass[], wsPasses: readonly UpgradePass[]): Frame {
  // The target only satisfies http-proxy's own check; our passes know where to go.
  const proxy = new HttpProxy({ target: { host: "upstream", port: 0 } });
  Object.assign(proxy, { webPasses: [...webPasses], wsPasses: [...wsPasses] });
  return {
    web: (req, res) => proxy.web(req, res),
    upgrade: (req, socket, head) => proxy.ws(req, socket, head),
  };
}
