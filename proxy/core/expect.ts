import type { IncomingMessage, ServerResponse } from "node:http";
import type { HeaderList } from "../header-list.ts";
import { expectsContinue } from "./request-refusal.ts";

/**
 * A client that waits for a 100 gets the app's own, so that a refused upload is never sent. Where a head holds bytes
 * from 0x80 on, the 100 is ours: Node would encode such a head twice if it had to wait for one.
 */
export function askForContinue(req: IncomingMessage, res: ServerResponse, headers: HeaderList): void {
  if (!expectsContinue(req)) return;
  const isAscii = /^[\x20-\x7e\t]*$/.test(`${req.url}${headers.toRaw().join("")}`);
  if (isAscii) headers.append("Expect", "100-continue");
  else res.writeContinue();
}
