import { bodyFraming, hasBody } from "../body-framing.ts";
import { rawValues } from "../header-rules.ts";
import { endWith } from "../linger.ts";
import { type OwnPage, ownPageBytes } from "../own-page.ts";
import type { ProxyCore, ProxyFault } from "../proxy-core.ts";
import { hopsOf, MAX_HOPS } from "../request-headers.ts";
import { type RequestHead, requestRefusal } from "../request-refusal.ts";
import type { UpgradePass } from "../upstream.ts";

/** First pass of upgrades: refuses what `checkRequest` refuses, and an upgrade that overtakes unanswered requests. */
export function checkUpgrade(core: ProxyCore): UpgradePass {
  return function checkUpgrade(req, socket) {
    if (core.connections.isRefused(socket) || core.connections.unanswered(socket).length > 0) {
      socket.destroy();
      return true;
    }
    const refusal = refusalPage(req);
    if (!refusal) return false;
    core.onFault(refusal.fault);
    endWith(socket, ownPageBytes(refusal.page));
    return true;
  };
}

function refusalPage(head: RequestHead): { page: OwnPage; fault: ProxyFault } | undefined {
  const refusal = requestRefusal(head);
  if (refusal) {
    return { page: { status: refusal.status, text: `Refused: ${refusal.reason}.` }, fault: "request-refused" };
  }
  if (hopsOf(head.rawHeaders) < MAX_HOPS) return undefined;
  return { page: { status: 508, text: "The upstream leads back to this proxy." }, fault: "loop" };
}

/** True for the one kind of upgrade that is passed on: a WebSocket handshake without a body. */
export function isWebSocket(head: RequestHead): boolean {
  const protocols = rawValues(head.rawHeaders, "upgrade");
  const isOne = protocols.length === 1 && protocols[0]?.trim().toLowerCase() === "websocket";
  return isOne && head.method === "GET" && head.httpVersion === "1.1" && !hasBody(bodyFraming(head.rawHeaders));
}
