import type { IncomingMessage, ServerResponse } from "node:http";
import type { Answer, Exchange } from "../exchange.ts";
import { HeaderList } from "../header-list.ts";
import { areSendable, wireHeaders } from "./header-rules.ts";
import { announcedNames, announcedTrailers } from "./trailers.ts";

const NOTHING = Buffer.alloc(0);

/** How an answer goes out. */
export interface WriteOptions {
  /** The app's own message, for its trailers. */
  readonly message: IncomingMessage;
  /** Say `Connection: close`. */
  readonly isLast: boolean;
}

/** Sends the answer; false if a rule left something in it that cannot be sent, nothing is written then. */
export function writeAnswer(exchange: Exchange, answer: Answer, options: WriteOptions): boolean {
  const { res } = exchange;
  const headers = new HeaderList(answer.headers.entries());
  if (!areSendable(headers)) return false;
  const hasTrailers = announceTrailers(exchange, answer, options.message, headers);
  if (options.isLast) headers.append("Connection", "close");
  res.sendDate = false;
  res.writeHead(answer.status, answer.statusText, wireHeaders(headers));
  if (hasTrailers) answer.body.once("end", () => res.addTrailers(announcedTrailers(options.message)));
  const isEndedByClose = exchange.req.httpVersion === "1.0" && !headers.has("content-length");
  sendBody(answer, res, isEndedByClose);
  return true;
}

/** Trailers need chunks: HTTP/1.1, a body, no Content-Length. */
function announceTrailers(exchange: Exchange, answer: Answer, message: IncomingMessage, headers: HeaderList): boolean {
  const names = announcedNames(message.rawHeaders);
  const isBodiless = exchange.method === "HEAD" || answer.status === 204 || answer.status === 304;
  if (names.length === 0 || isBodiless || exchange.req.httpVersion !== "1.1") return false;
  if (headers.has("content-length")) return false;
  headers.append("Trailer", names.join(", "));
  return true;
}

function sendBody(answer: Answer, res: ServerResponse, isEndedByClose: boolean): void {
  // A short body must never look whole: where only the close says "end", only a reset says "broken".
  const cut = () => {
    if (res.writableFinished || res.destroyed) return;
    if (isEndedByClose) res.socket?.resetAndDestroy();
    res.destroy();
  };
  answer.body.once("error", cut);
  answer.body.once("close", () => {
    if (!answer.body.readableEnded) cut();
  });
  answer.body.pipe(res);
  pushHead(res);
}

/** The head must not wait for the first byte of the body. `flushHeaders` would encode bytes from 0x80 on twice. */
function pushHead(res: ServerResponse): void {
  setImmediate(() => {
    if (!res.destroyed && !res.writableEnded) res.write(NOTHING);
  });
}
