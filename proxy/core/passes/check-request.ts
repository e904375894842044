import { sendOwnPage } from "../own-page.ts";
import type { ProxyCore } from "../proxy-core.ts";
import { hopsOf, MAX_HOPS } from "../request-headers.ts";
import { requestRefusal } from "../request-refusal.ts";
import type { WebPass } from "../upstream.ts";

/** First pass: what is ambiguous, or goes round in a circle, is answered here and closes its connection. */
export function checkRequest(core: ProxyCore): WebPass {
  return function checkRequest(req, res) {
    if (core.connections.isRefused(req.socket)) {
      res.destroy();
      return true;
    }
    const refusal = requestRefusal(req);
    if (refusal) {
      core.connections.refuse(req.socket);
      core.onFault("request-refused");
      sendOwnPage(req, res, { status: refusal.status, text: `Refused: ${refusal.reason}.` }, true);
      return true;
    }
    return refuseLoop(core, req, res);
  };
}

function refuseLoop(core: ProxyCore, ...[req, res]: Parameters<WebPass>): boolean {
  if (hopsOf(req.rawHeaders) < MAX_HOPS) return false;
  core.onFault("loop");
  sendOwnPage(req, res, { status: 508, text: "The upstream leads back to this proxy." }, true);
  return true;
}
