import type { IncomingMessage, Server } from "node:http";
import { HeaderList } from "../../header-list.ts";
import { listTokens, rawHead } from "../header-rules.ts";
import type { UpgradePass } from "../upstream.ts";
import { isWebSocket } from "./check-upgrade.ts";

/** Any upgrade but a WebSocket (`h2c`, say) is answered as the plain request it also is: read again without the offer. */
export function ignoreOtherUpgrades(server: Server): UpgradePass {
  return function ignoreOtherUpgrades(req, socket, _options, head) {
    if (isWebSocket(req)) return false;
    socket.unshift(Buffer.concat([plainHead(req), head]));
    server.emit("connection", socket);
    return true;
  };
}

function plainHead(req: IncomingMessage): Buffer {
  const headers = HeaderList.fromRaw(req.rawHeaders);
  const kept = listTokens(headers.get("connection")).filter((token) => token !== "upgrade");
  headers.delete("upgrade", "http2-settings", "connection");
  if (kept.length > 0) headers.append("Connection", kept.join(", "));
  return rawHead(`${req.method} ${req.url} HTTP/${req.httpVersion}`, headers);
}
