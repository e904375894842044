import type { Server } from "node:http";
import { Socket } from "node:net";
import { endWith } from "./linger.ts";
import { type OwnPage, ownPageBytes } from "./own-page.ts";
import type { ProxyCore } from "./proxy-core.ts";

/** Answers what Node's parser refuses: once for each connection, and never in the middle of another answer. */
export function answerClientErrors(server: Server, core: ProxyCore): void {
  const answered = new WeakSet<Socket>();
  server.on("clientError", (error: NodeJS.ErrnoException, socket) => {
    if (!(socket instanceof Socket) || answered.has(socket)) return;
    answered.add(socket);
    // A client that left, or one that connected ahead of need and never asked, is no fault.
    if (!socket.writable || error.code === "ECONNRESET" || socket.bytesRead === 0) {
      socket.destroy();
      return;
    }
    core.onFault(error.code === "ERR_HTTP_REQUEST_TIMEOUT" ? "client-timeout" : "client-malformed");
    refuse(core, socket, clientErrorPage(error.code ?? ""));
  });
}

function refuse(core: ProxyCore, socket: Socket, page: OwnPage): void {
  const unanswered = core.connections.unanswered(socket);
  core.connections.refuse(socket);
  core.connections.abandon(socket);
  if (unanswered.length > 1 || unanswered.some((res) => res.headersSent)) socket.destroy();
  else endWith(socket, ownPageBytes(page));
}

function clientErrorPage(code: string): OwnPage {
  if (code === "HPE_HEADER_OVERFLOW") return { status: 431, text: "The request head is larger than 64 KiB." };
  if (code === "HPE_CHUNK_EXTENSIONS_OVERFLOW") return { status: 413, text: "The chunk extensions are too large." };
  if (code === "ERR_HTTP_REQUEST_TIMEOUT") return { status: 408, text: "The request head took too long." };
  return { status: 400, text: "This is not valid HTTP/1.1." };
}
