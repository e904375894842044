import type { IncomingMessage, ServerResponse } from "node:http";
import type { Socket } from "node:net";
import { PREFIX } from "../../../protocol/paths.ts";
import type { UpgradePass, WebPass } from "../upstream.ts";

/** Answers a request under the reserved path; true if it did. */
export type OwnAnswer = (req: IncomingMessage, res: ServerResponse) => boolean;
/** Takes an upgrade under the reserved path; true if it did. Its socket has an error listener already. */
export type OwnUpgrade = (req: IncomingMessage, socket: Socket, head: Buffer) => boolean;

/** Second pass: the reserved path is ours; what nobody of ours answers goes to the app. */
export function answerOwn(own: OwnAnswer): WebPass {
  return function answerOwn(req, res) {
    return req.url?.startsWith(PREFIX) === true && own(req, res);
  };
}

/** The same for upgrades. */
export function answerOwnUpgrade(ownUpgrade: OwnUpgrade): UpgradePass {
  return function answerOwnUpgrade(req, socket, _options, head) {
    return req.url?.startsWith(PREFIX) === true && ownUpgrade(req, socket, head);
  };
}
