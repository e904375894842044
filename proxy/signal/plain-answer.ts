import type { ServerResponse } from "node:http";
import type { Duplex } from "node:stream";

/** Answers with one sentence and closes the connection: who did wrong once may send more of it. */
export function answer(res: ServerResponse, status: number, sentence: string): void {
  if (res.headersSent || res.destroyed) return;
  const headers = { "content-type": "text/plain; charset=utf-8", "cache-control": "no-store", connection: "close" };
  res.writeHead(status, headers).end(`${sentence}\n`);
}

/** The same to an upgrade request, whose connection is a bare socket. */
export function answerUpgrade(socket: Duplex, status: string, sentence: string): void {
  const body = `${sentence}\n`;
  const head = [
    `HTTP/1.1 ${status}`,
    "content-type: text/plain; charset=utf-8",
    `content-length: ${Buffer.byteLength(body)}`,
    "cache-control: no-store",
    "connection: close",
  ];
  socket.on("error", () => socket.destroy());
  socket.end(`${head.join("\r\n")}\r\n\r\n${body}`);
}
