import type { InformationEvent } from "node:http";
import type { Exchange } from "../exchange.ts";
import { HeaderList } from "../header-list.ts";
import { areSendable, dropHopByHop, isSendableValue, rawHead } from "./header-rules.ts";

/**
 * Passes a 1xx on, byte for byte (`writeEarlyHints` knows Link headers only, and refuses several in one line).
 * Not to HTTP/1.0 clients, and not while an earlier answer still has the connection: early answers may be left out.
 */
export function passEarlyAnswer(exchange: Exchange, info: InformationEvent): void {
  const { req, res } = exchange;
  if (info.statusCode === 100 || req.httpVersion !== "1.1" || res.headersSent || !res.socket?.writable) return;
  const headers = HeaderList.fromRaw(info.rawHeaders);
  dropHopByHop(headers);
  headers.delete("content-length");
  if (!isSendableValue(info.statusMessage) || !areSendable(headers)) return;
  res.socket.write(rawHead(`HTTP/1.1 ${info.statusCode} ${info.statusMessage}`, headers));
}
